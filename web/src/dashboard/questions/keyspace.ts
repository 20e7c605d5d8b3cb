// In a cluster a statement names the keyspace, and a shop may have another than the sample application's.
import { shop } from "../../lib/api";

const usual = "ecommerce";

/** The keyspace with a shop's tables; of several the usual one. */
export async function findKeyspace(signal: AbortSignal): Promise<string> {
  const { rows } = await shop.query("SELECT keyspace_name FROM system_schema.tables WHERE table_name = 'cart_items' ALLOW FILTERING", 100, signal);
  const names = rows.map(([name]) => String(name));
  return names.includes(usual) ? usual : (names[0] ?? usual);
}
