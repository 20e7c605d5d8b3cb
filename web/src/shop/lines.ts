// The cart as the shopper sees it: each line with its name and price now, what has changed since it was put in, and what all of it costs.
import { computed } from "@preact/signals";

import { cents } from "../lib/money";
import { problems, quantities } from "./cart";
import { known } from "./known";
import { seen } from "./seen";

export interface Line {
  id: string;
  name: string;
  img: string;
  quantity: number;
  /** Cents for one, now; null while it is not known and when the product is gone. */
  price: number | null;
  /** Cents for one when it was put in, where that was another price. */
  was: number | null;
  isGone: boolean;
  problem: string | null;
}

const byName = new Intl.Collator("en");

export const lines = computed<Line[]>(() => {
  const all: Line[] = [];
  for (const [id, quantity] of quantities.value) {
    const product = known.value.get(id);
    const before = seen.value[id];
    const isGone = product === "gone";
    const now = product === undefined || isGone ? null : product;
    const price = now && cents(now.price);
    all.push({
      id,
      name: now?.name ?? before?.name ?? (isGone ? "A product" : "…"),
      img: now?.img ?? "",
      quantity,
      price,
      was: price !== null && before && before.cents !== price ? before.cents : null,
      isGone,
      problem: problems.value.get(id) ?? null,
    });
  }
  // By name: the same order in every tab, and no line moves when its quantity does.
  return all.sort((a, b) => byName.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
});

export const pieces = computed(() => lines.value.reduce((sum, { quantity }) => sum + quantity, 0));

/** Cents for all that can be bought; null while a price is not known. */
export const total = computed<number | null>(() => {
  let sum = 0;
  for (const { price, quantity, isGone } of lines.value) {
    if (isGone) continue;
    if (price === null) return null;
    sum += price * quantity;
  }
  return sum;
});

export const hasGone = computed(() => lines.value.some(({ isGone }) => isGone));
export const changedLines = computed(() => lines.value.filter(({ was }) => was !== null));
