// The shopper's cart. The page shows at once what the shopper wishes, over what the server said last, and writes the wishes one after the
// other; of several for one product only the last is written. Each write has a key and is repeated with it until it is answered.
import { computed, signal } from "@preact/signals";

import { messageOf, pause, persist, shop, ShopError } from "../lib/api";
import { randomId } from "../lib/ids";
import { learnGone } from "./known";
import { shopper } from "./shopper";

export const quantityMax = 1_000_000;
const problemsMax = 100;
/** That fail in a row. */
const readsMax = 3;

type Quantities = ReadonlyMap<string, number>;

/** As the server said; undefined until it did. */
const stored = signal<Quantities | undefined>(undefined);
/** What is not yet written; 0 takes the product out. */
const wishes = signal<Quantities>(new Map());
/** Why the last wish for a product was refused, in words. */
export const problems = signal<ReadonlyMap<string, string>>(new Map());
/** Writes are being repeated because nobody answers. */
export const isWaiting = signal(false);

export const isCartKnown = computed(() => stored.value !== undefined);

/** What the cart holds once all wishes are written. */
export const quantities = computed<Quantities>(() => {
  const all = new Map(stored.value);
  for (const [product, quantity] of wishes.value) {
    if (quantity > 0) all.set(product, quantity);
    else all.delete(product);
  }
  return all;
});

export function quantityOf(product: string): number {
  return quantities.value.get(product) ?? 0;
}

/** `quantity` 0 takes it out. */
export function setQuantity(product: string, quantity: number): void {
  setProblem(product, null);
  if (quantity > quantityMax || !Number.isInteger(quantity) || quantity < 0)
    return setProblem(product, `At most ${quantityMax.toLocaleString("en")} of a product fit into a cart.`);
  wishes.value = new Map(wishes.value).set(product, quantity);
  writing ??= write();
}

export function setProblem(product: string, words: string | null): void {
  if (words === null && !problems.peek().has(product)) return;
  const next = new Map(problems.peek());
  next.delete(product);
  if (words !== null) next.set(product, words);
  for (const id of next.keys()) {
    if (next.size <= problemsMax) break;
    next.delete(id);
  }
  problems.value = next;
}

let writing: Promise<void> | undefined;
let ended = new AbortController();
/** Counts the writes, so that a reading which began before one is not taken for the state after it. */
let writes = 0;

/** Ends when all wishes are written, refused or given up. */
export async function settle(): Promise<void> {
  await writing;
}

/** Stops trying. What the server has of the last wish is read again, for nobody can know. */
export function giveUp(): void {
  wishes.value = new Map();
  ended.abort();
  ended = new AbortController();
  isWaiting.value = false;
}

async function write(): Promise<void> {
  for (let [wish] = wishes.value; wish; [wish] = wishes.value) {
    const [product, quantity] = wish;
    const { signal: until } = ended;
    try {
      await writeOne(product, quantity, until);
      if (until.aborted) continue;
      const next = new Map(stored.value);
      if (quantity > 0) next.set(product, quantity);
      else next.delete(product);
      stored.value = next;
      // A click while it was written is another wish.
      if (wishes.value.get(product) === quantity) dropWish(product);
    } catch (error) {
      if (until.aborted) continue;
      dropWish(product);
      refuse(product, error);
    } finally {
      ++writes;
      if (!until.aborted) isWaiting.value = false;
    }
  }
  writing = undefined;
  void refresh();
}

async function writeOne(product: string, quantity: number, until: AbortSignal): Promise<void> {
  const key = randomId();
  const attempt = () => (quantity > 0 ? shop.putItem(shopper, product, quantity, key, until) : shop.removeItem(shopper, product, key, until));
  try {
    await persist(attempt, () => (isWaiting.value = true), until);
  } catch (error) {
    // No cart: then it is not in it.
    if (quantity > 0 || !(error instanceof ShopError) || error.status !== 404) throw error;
  }
}

function dropWish(product: string): void {
  const next = new Map(wishes.value);
  next.delete(product);
  wishes.value = next;
}

function refuse(product: string, error: unknown): void {
  const isGone = error instanceof ShopError && error.status === 404;
  if (isGone) learnGone(product);
  setProblem(product, isGone ? "This product is no longer sold." : `Not changed: ${messageOf(error)}`);
}

let reading: Promise<void> | undefined;
let isReadAgain = false;

/** Reads the cart anew. Asked for while it is being read, it is read once more after that. */
export function refresh(): Promise<void> {
  isReadAgain = reading !== undefined;
  reading ??= read().finally(() => (reading = undefined));
  return reading;
}

async function read(): Promise<void> {
  let failures = 0;
  do {
    isReadAgain = false;
    const before = writes;
    try {
      const { lines } = await shop.cart(shopper);
      // A write that was answered meanwhile may be in the answer or not.
      if (before === writes) stored.value = new Map(lines.map((line) => [line.product_id, line.product_quantity]));
      else isReadAgain = true;
      failures = 0;
    } catch (error) {
      // A server that is away for longer is left alone: whoever follows the changes hears when it is back, and reads again.
      if (!(error instanceof ShopError) || !error.isPassing || ++failures >= readsMax) return;
      await pause(500 * failures);
      isReadAgain = true;
    }
  } while (isReadAgain);
}
