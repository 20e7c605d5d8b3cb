// What became of a user's cart, from the changes of the log: steps, one for each commit, and the cart as it was after any of them.
// The newest steps are kept; what older ones did to the cart is kept as the state that the oldest kept one began with.
import { cents } from "../../lib/money";
import type { Change, Row } from "../../lib/changes";

export const stepsMax = 10_000;

export type Happening =
  | { kind: "opened" }
  | { kind: "put"; product: string; quantity: number; had: number | null }
  | { kind: "removed"; product: string; had: number }
  | { kind: "closed" }
  | { kind: "ordered"; order: PlacedOrder };

export interface PlacedOrder {
  id: string;
  totalCents: number;
  currency: string;
  pieces: number;
  names: string[];
}

export interface Step {
  /** The number of its commit. */
  commit: string;
  /** Milliseconds since 1970. */
  time: number;
  happenings: Happening[];
}

export interface CartState {
  /** Quantities by product id, in the order in which they were put. */
  lines: Map<string, number>;
  orders: PlacedOrder[];
}

const ordersShownMax = 20;
const orderNamesMax = 20;

export class Story {
  readonly steps: Step[] = [];
  /** Steps that were let go because there are too many. */
  dropped = 0;
  /** The cursor behind the newest change. */
  cursor: string | undefined;
  /** Whether the cart that the oldest change belongs to was opened before it. */
  beganBefore = false;

  private base: CartState = { lines: new Map(), orders: [] };
  /** Products of the cart that the log begins in the middle of; undefined once that cart is over. */
  private mentioned: Set<string> | undefined = new Set();
  private latest: { index: number; state: CartState } | undefined;

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      this.cursor = change.cursor;
      const happening = happeningOf(change);
      if (!happening) continue;
      if (this.mentioned) this.lookBack(happening, change, this.mentioned);
      const commit = change.cursor.split(".")[0] ?? "";
      const last = this.steps.at(-1);
      if (last?.commit === commit) last.happenings.push(happening);
      else this.steps.push({ commit, time: change.source.ts_ms, happenings: [happening] });
    }
    const excess = this.steps.length - stepsMax;
    if (excess > 0) {
      for (const step of this.steps.splice(0, excess)) apply(this.base, step);
      this.dropped += excess;
    }
    this.latest = undefined;
  }

  /** Lines of a cart that is still active and of which the log has no word, because they are older than it. */
  complete(active: ReadonlyMap<string, number>): void {
    if (!this.mentioned || this.steps.length + this.dropped === 0) return;
    for (const [product, quantity] of active) if (!this.mentioned.has(product)) this.base.lines.set(product, quantity);
    this.latest = undefined;
  }

  /** The cart after the step, counted from 0. */
  stateAfter(index: number): CartState {
    if (!this.latest || this.latest.index > index) this.latest = { index: -1, state: { lines: new Map(this.base.lines), orders: [...this.base.orders] } };
    const { state } = this.latest;
    while (this.latest.index < index) apply(state, this.steps[++this.latest.index]!);
    return state;
  }

  /** A change tells what was there before it, also when that came about before the log begins. */
  private lookBack(happening: Happening, change: Change, mentioned: Set<string>): void {
    const isFirst = mentioned.size === 0 && this.steps.length === 0;
    if (happening.kind === "opened") {
      this.mentioned = undefined;
      return;
    }
    if (isFirst) this.beganBefore = true;
    if (happening.kind === "put" || happening.kind === "removed") {
      if (!mentioned.has(happening.product) && happening.had !== null) this.base.lines.set(happening.product, happening.had);
      mentioned.add(happening.product);
    }
    if (happening.kind === "ordered") {
      for (const { product_id, quantity } of itemsOf(change.after ?? {})) if (!mentioned.has(product_id)) this.base.lines.set(product_id, quantity);
      this.mentioned = undefined;
    }
  }
}

function apply(state: CartState, step: Step): void {
  for (const happening of step.happenings) {
    if (happening.kind === "put") state.lines.set(happening.product, happening.quantity);
    if (happening.kind === "removed") state.lines.delete(happening.product);
    if (happening.kind === "opened" || happening.kind === "closed") state.lines.clear();
    if (happening.kind === "ordered") {
      state.lines.clear();
      state.orders.push(happening.order);
      if (state.orders.length > ordersShownMax) state.orders.shift();
    }
  }
}

interface Item {
  product_id: string;
  name: string;
  quantity: number;
}

function itemsOf(order: Row): Item[] {
  return Array.isArray(order["items"]) ? (order["items"] as Item[]) : [];
}

function happeningOf({ op, before, after, source }: Change): Happening | undefined {
  const text = (row: Row | null, name: string) => String(row?.[name] ?? "");
  const number = (row: Row | null, name: string) => Number(row?.[name] ?? 0);
  switch (source.table_name) {
    case "cart":
      return op !== "d" && after?.["is_active"] === true ? { kind: "opened" } : { kind: "closed" };
    case "cart_items":
      if (op === "d") return { kind: "removed", product: text(before, "product_id"), had: number(before, "product_quantity") };
      return {
        kind: "put",
        product: text(after, "product_id"),
        quantity: number(after, "product_quantity"),
        had: before ? number(before, "product_quantity") : null,
      };
    case "orders": {
      const items = itemsOf(after ?? {});
      const order = {
        id: text(after, "order_id"),
        totalCents: cents(number(after, "total")),
        currency: text(after, "currency"),
        pieces: items.reduce((sum, item) => sum + item.quantity, 0),
        names: items.slice(0, orderNamesMax).map(({ name }) => name),
      };
      return { kind: "ordered", order };
    }
    default:
      return undefined;
  }
}

/** One sentence for each thing that happened. `nameOf` gives a product's name, or what stands for it. */
export function inWords(step: Step, nameOf: (product: string) => string, showMoney: (cents: number, currency: string) => string): string[] {
  const isOrder = step.happenings.some(({ kind }) => kind === "ordered");
  return step.happenings.flatMap((happening): string[] => {
    switch (happening.kind) {
      case "opened":
        return ["Opened a cart"];
      case "put":
        if (happening.had === null) return [`Put ${happening.quantity} × ${nameOf(happening.product)}`];
        return happening.had === happening.quantity
          ? [`Put ${nameOf(happening.product)} again, still ${happening.quantity}`]
          : [`Changed ${nameOf(happening.product)} from ${happening.had} to ${happening.quantity}`];
      case "removed":
        return [`Took out ${happening.had} × ${nameOf(happening.product)}`];
      case "closed":
        return isOrder ? [] : ["Closed the cart"];
      case "ordered": {
        const { pieces, totalCents, currency } = happening.order;
        return [`Ordered ${pieces} ${pieces === 1 ? "piece" : "pieces"} for ${showMoney(totalCents, currency)}`];
      }
    }
  });
}
