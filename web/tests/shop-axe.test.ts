// Each view of the storefront is usable by all: an axe finds nothing serious, in light and dark, and nothing is wider than the window.
import { before, test } from "node:test";

import { appearances, assertUsable, openForAxe } from "./axe";
import { cartButton, checkOut, drawer, mug, openCart, orderNumber, shopperOf } from "./shop-support";
import { openShop, type Shop, until } from "./support";

const long = { id: "5d0a6f0e-7c3b-4b8e-9a53-0c3f6e1d2a77", name: `A ${"very".repeat(30)} long name without a space`, img: "", price: 9_999_999.99 };
let shop: Shop;
before(async () => {
  shop = await openShop();
  await shop.call("PUT", `/products/${long.id}`, long);
});

for (const appearance of appearances)
  test(`catalogue, product, cart, order and history are usable by all, ${appearance.scheme}, ${appearance.width} wide`, async () => {
    const page = await openForAxe(`${shop.url}/shop`, appearance);
    await page.getByRole("list", { name: "Products" }).waitFor();
    const shopper = await shopperOf(page);
    for (const id of [mug.id, long.id]) await shop.call("PUT", `/cart/${shopper}/items/${id}`, { quantity: 12 });
    await cartButton(page).getByText("24 items").waitFor({ state: "attached" });
    await assertUsable(page, "the catalogue");
    await page.goto(`${shop.url}/shop?q=very`);
    await page.getByRole("heading", { name: "Results for “very”" }).waitFor();
    await assertUsable(page, "a search");
    await page.goto(`${shop.url}/shop?q=${"nothing".repeat(12)}`);
    await page.getByRole("heading", { name: /Nothing found/ }).waitFor();
    await assertUsable(page, "a search without results");

    for (const product of [mug, long]) {
      await page.goto(`${shop.url}/shop/products/${product.id}`);
      await page.getByText("12 items in your cart").waitFor();
      await assertUsable(page, "a product");
    }
    await openCart(page);
    await drawer(page).getByRole("listitem").nth(1).waitFor();
    await shop.call("PUT", `/products/${mug.id}`, { ...mug, price: 13 });
    await drawer(page).getByText("was $12.90, now $13.00").waitFor();
    await drawer(page).getByRole("spinbutton").first().fill("0");
    await drawer(page).getByRole("spinbutton").first().press("Enter");
    await drawer(page).getByRole("alert").waitFor();
    await assertUsable(page, "a cart with news");
    await shop.call("PUT", `/products/${mug.id}`, mug);
    await checkOut(page).waitFor();
    await assertUsable(page, "a cart");
    await checkOut(page).click();
    await orderNumber(page).waitFor();
    await assertUsable(page, "an order");
    await page.goto(`${shop.url}/shop/orders`);
    await until(() => page.getByRole("list", { name: "Orders" }).count(), "the history");
    await assertUsable(page, "the history");
    await page.close();
  });
