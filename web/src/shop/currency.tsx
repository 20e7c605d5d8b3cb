// The shop's currency, asked once. Until it is known from this visit or an earlier one, amounts are shown without.
import { signal } from "@preact/signals";

import { persist, shop } from "../lib/api";
import { keep, readKept } from "../lib/kept";
import { showMoney } from "../lib/money";

const kept = readKept<unknown>("currency", "");
export const currency = signal(typeof kept === "string" ? kept : "");

export async function readCurrency(): Promise<void> {
  const info = await persist(shop.info, () => undefined);
  currency.value = info.currency;
  keep("currency", info.currency);
}

/** In the shop's currency, or in the one given: an order keeps the one it was made in. */
export function money(cents: number, of: string = currency.value): string {
  return showMoney(cents, of);
}

const counts = new Intl.NumberFormat("en");

/** "1 item", "1,204 items". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${counts.format(number)} ${number === 1 ? one : many}`;
}
