// Which price the shopper saw for what is in the cart, and under which name: so the cart can say what has changed since, also when the
// product is gone. Kept by the browser for all its tabs.
import { signal } from "@preact/signals";

import type { Product } from "../lib/api";
import { keep, readKept } from "../lib/kept";
import { cents } from "../lib/money";

export interface Seen {
  name: string;
  cents: number;
}

/** Twice what a cart holds. */
const seenMax = 2000;

export const seen = signal(readSeen());

function readSeen(): Readonly<Record<string, Seen>> {
  const kept = readKept<unknown>("seen", {});
  return typeof kept === "object" && kept !== null ? (kept as Record<string, Seen>) : {};
}

/** Another tab may have written meanwhile, so the change is made to what is kept now. */
function update(change: (all: Map<string, Seen>) => void): void {
  const all = new Map(Object.entries({ ...seen.peek(), ...readSeen() }));
  change(all);
  const newest = [...all].slice(-seenMax);
  seen.value = Object.fromEntries(newest);
  keep("seen", seen.value);
}

/** The shopper looks at these prices and goes on with them. */
export function see(products: readonly Product[]): void {
  if (products.length === 0) return;
  update((all) => {
    for (const { id, name, price } of products) {
      all.delete(id);
      all.set(id, { name, cents: cents(price) });
    }
  });
}

export function forget(ids: readonly string[]): void {
  update((all) => ids.forEach((id) => all.delete(id)));
}

addEventListener("storage", ({ key }) => {
  if (key === "cartwheel.seen" || key === null) seen.value = readSeen();
});
