// Names, pictures and today's prices of the products that a cart's history speaks of, asked for together and kept for a while.
import { useEffect, useState } from "preact/hooks";

import { pause, shop } from "../lib/api";
import { cents } from "../lib/money";

export interface Fact {
  name: string;
  img: string;
  cents: number;
}

const factsMax = 5_000;
const batchMax = 100;
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** null: there is no such product any more. */
const facts = new Map<string, Fact | null>();

async function ask(ids: string[]): Promise<void> {
  const { rows } = await shop.query(`SELECT id, name, img, price FROM ecommerce.product WHERE id IN (${ids.join(", ")})`, batchMax);
  for (const id of ids) facts.set(id, null);
  for (const [id, name, img, price] of rows) facts.set(String(id), { name: String(name), img: String(img ?? ""), cents: cents(Number(price)) });
  while (facts.size > factsMax) facts.delete(facts.keys().next().value!);
}

/** Gives what is known of a product: undefined until the answer is there, null when there is no such product. */
export function useProductFacts(ids: readonly string[]): (id: string) => Fact | null | undefined {
  const [, setRound] = useState(0);
  const wanted = ids
    .filter((id) => isId.test(id) && !facts.has(id))
    .slice(0, batchMax)
    .join(" ");
  useEffect(() => {
    if (wanted === "") return;
    const ended = new AbortController();
    const again = () => !ended.signal.aborted && setRound((round) => round + 1);
    ask(wanted.split(" ")).then(again, () =>
      // Ids stand for names meanwhile.
      pause(3_000, ended.signal).then(again, () => undefined),
    );
    return () => ended.abort();
  }, [wanted]);
  return (id) => facts.get(id);
}

/** So that a cart is shown at the prices of the moment in which somebody begins to look at it. */
export function forgetFacts(): void {
  facts.clear();
}

export function nameOf(fact: Fact | null | undefined, id: string): string {
  return fact?.name ?? `product ${id.slice(0, 8)}`;
}
