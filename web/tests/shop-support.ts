// How a shopper of the tests looks at the storefront, and what the server says of the same shopper.
import type { Page } from "playwright-core";

import type { Shop } from "./support";

export const mug = { id: "26555f22-023f-464c-b38b-e36a29e1e37c", name: "Stoneware mug", img: "/images/stoneware-mug.svg", price: 12.9 };

export interface Line {
  product_id: string;
  product_quantity: number;
}

export interface Order {
  order_id: string;
  items: { product_id: string; name: string; unit_price: number; quantity: number; total: number }[];
  total: number;
}

/** Under which name the server knows this browser. */
export async function shopperOf(page: Page): Promise<string> {
  const kept = await page.evaluate(() => localStorage.getItem("cartwheel.shopper"));
  if (kept === null) throw new Error("the page has made no shopper");
  return JSON.parse(kept) as string;
}

export async function ordersOf(shop: Shop, page: Page): Promise<Order[]> {
  return shop.get<Order[]>(`/orders/${await shopperOf(page)}`);
}

/** Nothing when there is no active cart. */
export async function cartOf(shop: Shop, page: Page): Promise<Map<string, number>> {
  const lines = await shop.get<Line[]>(`/cart/${await shopperOf(page)}`).catch(() => []);
  return new Map(lines.map((line) => [line.product_id, line.product_quantity]));
}

export const cartButton = (page: Page) => page.getByRole("button", { name: /^Cart/ });
export const drawer = (page: Page) => page.getByRole("dialog", { name: "Your cart" });
export const quantity = (page: Page, name: string) => drawer(page).getByRole("spinbutton", { name: `Quantity of ${name}` });
export const checkOut = (page: Page) => drawer(page).getByRole("button", { name: /^Check out/ });
export const orderNumber = (page: Page) => page.locator("dd.order-number");
/** On the catalogue, or on the page of the product. */
export const addToCart = (page: Page, name: string) => page.getByRole("button", { name: `Add to cart: ${name}` });

export async function openCart(page: Page): Promise<void> {
  await cartButton(page).click();
  await drawer(page).waitFor();
}

/** With so many mugs in the cart, written and shown. */
export async function shopWithMugs(page: Page, shop: Shop, count: number): Promise<void> {
  await page.goto(`${shop.url}/shop`);
  await page.getByRole("list", { name: "Products" }).waitFor();
  await shop.call("PUT", `/cart/${await shopperOf(page)}/items/${mug.id}`, { quantity: count });
  await cartButton(page).getByText(`${count} items`).waitFor({ state: "attached" });
}
