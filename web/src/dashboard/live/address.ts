// What the live view shows is in the page's address, so that it can be bookmarked and sent to somebody.
import type { Table } from "../../lib/changes";
import { readCursor } from "./cursor";
import type { Filter } from "./tail";

export const tables: readonly Table[] = ["product", "cart", "cart_items", "orders"];
export const paces = [0, 1, 5, 50] as const;

export interface Place {
  filter: Filter;
  /** Where a replay begins; nothing: now. */
  after: string | undefined;
  pace: number;
}

export function readPlace(query: Readonly<Record<string, string>>): Place {
  const filter: Filter = {};
  const table = tables.find((name) => name === query["table"]);
  if (table) filter.table = table;
  if (query["user_id"]) filter.user_id = query["user_id"];
  if (query["product_id"]) filter.product_id = query["product_id"];
  const after = query["after"] === "beginning" ? "beginning" : readCursor(query["after"] ?? "");
  return { filter, after, pace: paces.find((pace) => String(pace) === query["pace"]) ?? 0 };
}

export function addressOf({ filter, after, pace }: Place): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value as string);
  if (after !== undefined) query.set("after", after);
  if (after !== undefined && pace > 0) query.set("pace", String(pace));
  const text = query.toString();
  return text ? `/dashboard?${text}` : "/dashboard";
}
