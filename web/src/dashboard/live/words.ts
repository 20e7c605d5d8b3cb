// What a change was, in words that go on after the user's name.
import type { OrderItem } from "../../lib/api";
import { type Change, type Row, rowOf } from "../../lib/changes";
import { cents, showMoney } from "../../lib/money";

export type NameOf = (product: string) => string;

const plain = new Intl.NumberFormat("en");

export function userOf(change: Change): string | undefined {
  const user = rowOf(change)["user_id"];
  return typeof user === "string" ? user : undefined;
}

export function inWords(change: Change, nameOf: NameOf, currency: string): string {
  const { before, after } = change;
  switch (change.source.table_name) {
    case "cart_items":
      return itemInWords(before, after, nameOf);
    case "cart":
      if (!after) return "loses the cart";
      return after["is_active"] === true ? "opens a cart" : "checks out";
    case "orders":
      return `orders ${orderInWords(after ?? before ?? {}, currency)}`;
    case "product":
      return productInWords(before, after, currency);
  }
}

function itemInWords(before: Row | null, after: Row | null, nameOf: NameOf): string {
  const name = nameOf(String((after ?? before)?.["product_id"]));
  if (!after) return `takes out ${name}`;
  const quantity = after["product_quantity"];
  if (!before) return `puts ${number(quantity)} × ${name}`;
  if (before["product_quantity"] === quantity) return `puts ${number(quantity)} × ${name} again`;
  return `changes ${name} from ${number(before["product_quantity"])} to ${number(quantity)}`;
}

function orderInWords(order: Row, currency: string): string {
  const items = Array.isArray(order["items"]) ? order["items"].length : 0;
  return `${plain.format(items)} ${items === 1 ? "product" : "products"} for ${money(order["total"], order["currency"], currency)}`;
}

function productInWords(before: Row | null, after: Row | null, currency: string): string {
  const price = (row: Row) => money(row["price"], undefined, currency);
  if (!after) return `${String(before?.["name"])} is deleted`;
  if (!before) return `New product ${String(after["name"])} at ${price(after)}`;
  const parts: string[] = [];
  if (before["name"] !== after["name"]) parts.push(`renamed to ${String(after["name"])}`);
  if (before["price"] !== after["price"]) parts.push(`price from ${price(before)} to ${price(after)}`);
  if (before["img"] !== after["img"]) parts.push("another picture");
  return `${String(before["name"])}: ${parts.join(", ") || "saved as it was"}`;
}

function money(value: unknown, currency: unknown, fallback: string): string {
  return typeof value === "number" ? showMoney(cents(value), typeof currency === "string" ? currency : fallback) : "?";
}

function number(value: unknown): string {
  return typeof value === "number" ? plain.format(value) : "?";
}

/** A field as the details show it: prices with their cents, an order's items one a line. */
export function fieldInWords(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" && (name === "price" || name === "total")) return decimals(value);
  if (name === "items" && Array.isArray(value)) return (value as OrderItem[]).map(lineInWords).join("\n");
  return typeof value === "object" ? JSON.stringify(value, null, 1) : String(value);
}

function lineInWords({ name, quantity, unit_price, total }: OrderItem): string {
  return `${plain.format(quantity)} × ${name} at ${decimals(unit_price)}: ${decimals(total)}`;
}

function decimals(value: number): string {
  return (cents(value) / 100).toFixed(2);
}

/** Fields in the order of the newer row. They differ where both rows are there and say something else. */
export function fieldsOf(change: Change): { name: string; before: unknown; after: unknown; differs: boolean }[] {
  const names = Object.keys({ ...(change.after ?? {}), ...(change.before ?? {}) });
  const isBoth = change.before !== null && change.after !== null;
  return names.map((name) => {
    const before = change.before?.[name];
    const after = change.after?.[name];
    return { name, before, after, differs: isBoth && JSON.stringify(before) !== JSON.stringify(after) };
  });
}
