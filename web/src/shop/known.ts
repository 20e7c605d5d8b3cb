// The products that the page has heard of, by id: as they were when last read, or gone. The cart's names and prices come from here.
import { signal } from "@preact/signals";

import { type Product, shop, ShopError } from "../lib/api";

/** Thrice what a cart holds. What is dropped though the cart has it is asked for again by whoever misses it. */
const knownMax = 3000;
/** A browser has six connections to a host, and some are wanted for other things. */
const readsAtOnce = 3;
/** Answers that are shown together: each showing reckons the whole cart anew. */
const showEvery = 50;

export const known = signal<ReadonlyMap<string, Product | "gone">>(new Map());

function put(entries: readonly (readonly [string, Product | "gone"])[]): void {
  if (entries.length === 0) return;
  const next = new Map(known.peek());
  for (const [id, product] of entries) {
    next.delete(id);
    next.set(id, product);
  }
  for (const id of next.keys()) {
    if (next.size <= knownMax) break;
    next.delete(id);
  }
  known.value = next;
}

/** What an answer said of products. */
export function learn(products: readonly Product[]): void {
  put(products.map((product) => [product.id, product]));
}

export function learnGone(id: string): void {
  put([[id, "gone"]]);
}

/**
 * Asks for each anew and takes it out of `wanted`; more may be put in meanwhile. When nobody answers what is left stays in it, and the reason is
 * thrown.
 */
export async function readProducts(wanted: Set<string>): Promise<void> {
  let heard: [string, Product | "gone"][] = [];
  let failure: ShopError | undefined;
  const show = () => {
    put(heard);
    heard = [];
  };
  const read = async () => {
    for (const id of wanted) {
      if (failure) return;
      wanted.delete(id);
      try {
        heard.push([id, await shop.product(id)]);
      } catch (error) {
        if (!(error instanceof ShopError)) throw error;
        if (error.status === 404) heard.push([id, "gone"]);
        else if (error.isPassing) failure = error;
        if (error.isPassing) wanted.add(id);
      }
      if (heard.length >= showEvery) show();
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, read));
  show();
  if (failure) throw failure;
}
