// The whole way of somebody who has read nothing: buy in the shop, see it on the dashboard, ask about it, mend the catalogue, and find the
// shop mended. By links and buttons alone, from the address that the server prints at its start.
import { before, test } from "node:test";

import { addToCart, checkOut, mug, openCart, orderNumber, shopperOf } from "./shop-support";
import { openPage, openShop, type Shop, until } from "./support";

let shop: Shop;
before(async () => {
  shop = await openShop();
});

test("who opens the address buys, sees it, asks about it and mends the catalogue", async () => {
  const page = await openPage(shop.url);
  const buyer = await shopperOf(page);
  await page.getByRole("searchbox", { name: "Search products" }).fill("mug");
  await addToCart(page, mug.name).click();
  await openCart(page);
  await checkOut(page).click();
  await page.getByText("Thank you").waitFor();
  await orderNumber(page).waitFor();

  await page.getByRole("link", { name: "Dashboard" }).first().click();
  const changes = page.getByRole("list", { name: "Changes, newest first" });
  await changes.getByRole("button", { name: /orders 1 product for \$12\.90/ }).waitFor();
  await changes.getByRole("button", { name: `puts 1 × ${mug.name}` }).waitFor();

  await page.getByRole("link", { name: "Questions" }).click();
  await page.getByRole("button", { name: "Best sellers" }).click();
  await page.getByRole("region", { name: "Rows of the answer" }).getByRole("cell", { name: mug.name }).waitFor();

  await page.getByRole("link", { name: "Carts" }).click();
  await page.getByRole("button", { name: buyer }).click();
  await page.getByText(`Put 1 × ${mug.name}`).first().waitFor();

  await page.getByRole("link", { name: "Products" }).click();
  await page.getByLabel("Search").fill("stoneware");
  await page.getByRole("button", { name: `Edit ${mug.name}` }).click();
  await page.getByRole("dialog").getByLabel("Price").fill("13.50");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "$13.50" }).waitFor();

  await page.getByRole("link", { name: "Open the shop" }).click();
  await page.getByRole("searchbox", { name: "Search products" }).fill("mug");
  await until(async () => (await page.getByRole("listitem").filter({ hasText: mug.name }).innerText()).includes("$13.50"), "the new price in the shop");
});
