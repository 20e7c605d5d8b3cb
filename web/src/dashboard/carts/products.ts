// Names, pictures and today's prices of the products that a cart's history speaks of, asked for a few at a time and kept for a while. Asked of the
// catalogue and not of the query engine, whose statements are other ones on a cluster.
import { useEffect, useState } from "preact/hooks";

import { pause, shop } from "../../lib/api";
import { cents } from "../../lib/money";

export interface Fact {
  name: string;
  img: string;
  cents: number;
}

const factsMax = 5_000;
const batchMax = 12;
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** null: there is no such product any more. */
const facts = new Map<string, Fact | null>();

async function ask(id: string): Promise<void> {
  const product = await shop.findProduct(id);
  facts.set(id, product && { name: product.name, img: product.img, cents: cents(product.price) });
  if (facts.size > factsMax) facts.delete(facts.keys().next().value!);
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
    Promise.all(wanted.split(" ").map(ask)).then(again, () =>
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
