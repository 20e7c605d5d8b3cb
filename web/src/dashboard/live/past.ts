// What the log knows of the time before the page was open, or of a stretch that it skipped: counts by second, in one statement of the query
// engine. Only where Cartwheel keeps the log itself; a cluster's own CQL groups by no expression.
import { shop } from "../../lib/api";
import { cents } from "../../lib/money";
import type { Sums } from "./rates";

/** What happened from second `from` to before `until`. */
export async function countsBySecond(from: number, until: number, signal: AbortSignal): Promise<Map<number, Sums>> {
  const counts = (table: string, operations: string, orders: string, revenue: string) => `
    SELECT toUnixTimestamp("cdc$time") / 1000 AS second, count(*) AS events, ${orders} AS orders, ${revenue} AS revenue
    FROM ${table}_scylla_cdc_log WHERE "cdc$operation" IN (${operations})
      AND "cdc$time" >= minTimeuuid(${from * 1000}) AND "cdc$time" < minTimeuuid(${until * 1000}) GROUP BY 1`;
  const all = [
    counts("product", "1, 2, 3", "0", "0"),
    counts("cart", "1, 2, 3", "0", "0"),
    counts("cart_items", "1, 2, 3", "0", "0"),
    counts("orders", "2", "count(*)", "sum(total)"),
  ].join(" UNION ALL ");
  const { rows } = await shop.query(`SELECT second, sum(events), sum(orders), sum(revenue) FROM (${all}) GROUP BY second`, 10_000, signal);
  return new Map(
    rows.map(([second, events, orders, revenue]) => [
      Number(second),
      { events: Number(events), orders: Number(orders), revenue: cents(Number(revenue)) },
    ]),
  );
}

/** Milliseconds since 1970 by the server's clock. */
export async function serverTime(signal?: AbortSignal): Promise<number> {
  const { rows } = await shop.query("SELECT toUnixTimestamp(now())", 1, signal);
  return Number(rows[0]?.[0]);
}
