// Buys the cart: once, and for no other sum than the one that was shown. What is being bought is kept by the browser until there is an
// answer, so a page that is loaded anew goes on with the same key, and the server knows whether it has done it already.
import { signal } from "@preact/signals";

import { messageOf, type Order, persist, shop, ShopError } from "../lib/api";
import { randomId } from "../lib/ids";
import { keep, readKept } from "../lib/kept";
import { amount } from "../lib/money";
import { giveUp as giveUpWrites, quantities, refresh, settle } from "./cart";
import { money } from "./currency";
import { readProducts } from "./known";
import { hasGone, total } from "./lines";
import { forget } from "./seen";
import { shopper } from "./shopper";

interface Purchase {
  user: string;
  key: string;
  /** Cents that were shown. */
  total: number;
  /** Milliseconds since 1970. */
  begun: number;
}

export type Checkout =
  | { state: "idle" }
  | { state: "buying"; isWaiting: boolean }
  /** `isUnknown`: it may have been bought all the same. */
  | { state: "failed"; message: string; isUnknown: boolean };

/** The most that the API takes as a total; above it the sum goes unchecked. */
const totalMax = 999_999_999_999;
/** The server keeps answers for 24 hours. Who comes back later than this wants to look at the cart first. */
const resumeWithin = 30 * 60_000;

export const checkout = signal<Checkout>({ state: "idle" });
/** The order that was just made here. */
export const bought = signal<Order | null>(null);

let ended = new AbortController();

/** Buys what is shown. `onBought` hears of the order. */
export async function buy(onBought: (order: Order) => void): Promise<void> {
  const shown = total.peek();
  if (checkout.peek().state === "buying" || shown === null) return;
  checkout.value = { state: "buying", isWaiting: false };
  const { signal: until } = ended;
  await settle();
  if (until.aborted) return;
  await finish({ user: shopper, key: randomId(), total: shown, begun: Date.now() }, onBought);
}

/** Goes on with a purchase that was not answered before the page was left. True when there is one. */
export function resume(onBought: (order: Order) => void): boolean {
  const kept = readKept<Purchase | null>("purchase", null);
  if (kept === null || kept.user !== shopper) return false;
  if (!(Date.now() - kept.begun < resumeWithin)) {
    keep("purchase", undefined);
    return false;
  }
  void finish(kept, onBought);
  return true;
}

export function giveUp(): void {
  ended.abort();
  ended = new AbortController();
  giveUpWrites();
  keep("purchase", undefined);
  const message = "Given up. The shop may have taken the order all the same: look at your orders before you try again.";
  checkout.value = { state: "failed", message, isUnknown: true };
}

async function finish(purchase: Purchase, onBought: (order: Order) => void): Promise<void> {
  const { signal: until } = ended;
  keep("purchase", purchase);
  checkout.value = { state: "buying", isWaiting: false };
  const shown = purchase.total > totalMax ? null : amount(purchase.total);
  try {
    const attempt = () => shop.checkOut(purchase.user, shown, purchase.key, until);
    const order = await persist(attempt, () => (checkout.value = { state: "buying", isWaiting: true }), until);
    if (until.aborted) return;
    drop(purchase);
    forget(order.items.map(({ product_id }) => product_id));
    bought.value = order;
    checkout.value = { state: "idle" };
    void refresh();
    onBought(order);
  } catch (error) {
    if (until.aborted) return;
    drop(purchase);
    // The lines say what has changed once they are read anew; only then is it asked for again.
    await refresh();
    await readProducts(new Set(quantities.peek().keys())).catch(() => undefined);
    checkout.value = { state: "failed", ...wordsFor(error, purchase) };
  }
}

function wordsFor(error: unknown, { total: shown }: Purchase): { message: string; isUnknown: boolean } {
  const status = error instanceof ShopError ? error.status : 0;
  const now = total.peek();
  if (status === 409 && now !== null && now !== shown && !hasGone.peek())
    return { message: `Nothing was bought: the total is ${money(now)} now, not ${money(shown)}. Look at what has changed and check out again.`, isUnknown: false };
  if (status === 404) return { message: "There is no cart to buy any more. Was it bought in another tab?", isUnknown: true };
  return { message: `Nothing was bought. ${messageOf(error)}.`, isUnknown: false };
}

/** Another tab may be at a later purchase. */
function drop({ key }: Purchase): void {
  if (readKept<Purchase | null>("purchase", null)?.key === key) keep("purchase", undefined);
}
