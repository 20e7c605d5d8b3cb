// What can go wrong between looking and having bought: the server is killed, an answer is lost, a price or a product changes. Nothing is bought
// twice, nothing at a price that was not shown, and the shopper is told in words.
import assert from "node:assert/strict";
import { afterEach, before, test } from "node:test";

import type { Page } from "playwright-core";

import { addToCart, cartButton, cartOf, checkOut, drawer, mug, openCart, orderNumber, ordersOf, quantity, shopperOf, shopWithMugs } from "./shop-support";
import { openPage, openShop, type Shop, until } from "./support";

let shop: Shop;
before(async () => {
  shop = await openShop();
});

const stapler = { name: "Stapler", price: 10.85 };

/** Two mugs and a stapler in an open cart. */
async function openFullCart(): Promise<Page> {
  const page = await openPage(`${shop.url}/shop`);
  await shopWithMugs(page, shop, 2);
  await addToCart(page, stapler.name).click();
  await until(async () => (await cartOf(shop, page)).size === 2, "the stapler in the cart");
  await openCart(page);
  await drawer(page).getByRole("button", { name: "Check out for $36.65" }).waitFor();
  return page;
}

async function assertOneOrder(page: Page, total: number): Promise<void> {
  const number = await orderNumber(page).innerText();
  const orders = await ordersOf(shop, page);
  assert.deepEqual(
    orders.map(({ order_id, total: sum }) => [order_id, sum]),
    [[number, total]],
  );
  assert.equal(await page.evaluate(() => localStorage.getItem("cartwheel.purchase")), null, "the purchase is not kept once it is answered");
}

// Several of the tests change or delete it.
afterEach(() => price(mug, mug.price));

const trying = (page: Page) => page.getByText("The shop does not answer; trying again…");
const price = (product: typeof mug, to: number) => shop.call("PUT", `/products/${product.id}`, { ...product, price: to });

test("a server killed when it has taken the order, before it could say so, has taken it once when it is back", async () => {
  const page = await openFullCart();
  await page.route(
    "**/checkout*",
    async (route) => {
      assert.equal((await route.fetch()).status(), 200);
      await shop.kill();
      await route.abort();
    },
    { times: 1 },
  );
  await checkOut(page).click();
  await trying(page).waitFor();
  await shop.start();
  await page.getByText("Thank you").waitFor();
  await assertOneOrder(page, 36.65);
  const [order] = await ordersOf(shop, page);
  assert.deepEqual(
    order!.items.map(({ name, quantity: count }) => [name, count]).sort(),
    [[stapler.name, 1], [mug.name, 2]],
  );
  await page.close();
});

test("a purchase that is begun while the server is away is made when it is back", async () => {
  const page = await openFullCart();
  await shop.kill();
  await checkOut(page).click();
  await trying(page).waitFor();
  assert.ok(await quantity(page, mug.name).isDisabled(), "what is being bought does not change");
  await shop.start();
  await page.getByText("Thank you").waitFor();
  await assertOneOrder(page, 36.65);
  await page.close();
});

test("a purchase whose answer was lost is finished by the page that is loaded next, and made once", async () => {
  const page = await openFullCart();
  const keys = new Set<string | undefined>();
  let taken = 0;
  await page.route("**/checkout*", async (route) => {
    keys.add(route.request().headers()["idempotency-key"]);
    if (taken++ === 0) await route.fetch();
    await route.abort();
  });
  await checkOut(page).click();
  await trying(page).waitFor();
  await page.reload();
  await drawer(page).waitFor();
  await trying(page).waitFor();
  assert.ok(taken >= 2);
  await page.unroute("**/checkout*");
  await page.getByText("Thank you").waitFor();
  assert.equal(keys.size, 1, "each try has the same key");
  await assertOneOrder(page, 36.65);
  await page.close();
});

test("a purchase that is given up is not tried again, and the shopper is told where to look", async () => {
  const page = await openFullCart();
  await page.route("**/checkout*", (route) => route.abort());
  await checkOut(page).click();
  await trying(page).waitFor();
  await drawer(page).getByRole("button", { name: "Give up" }).click();
  await drawer(page).getByRole("alert").getByText(/look at your orders/).waitFor();
  await page.unroute("**/checkout*");
  await page.reload();
  await cartButton(page).getByText("3 items").waitFor({ state: "attached" });
  assert.equal(await drawer(page).count(), 0);
  assert.deepEqual(await ordersOf(shop, page), []);
  await page.close();
});

test("what is changed while the server is away is written when it is back", async () => {
  const page = await openFullCart();
  await shop.kill();
  await drawer(page).getByRole("button", { name: `One more of ${mug.name}` }).click();
  await trying(page).waitFor();
  await drawer(page).getByRole("button", { name: `Remove ${stapler.name}` }).click();
  await shop.start();
  await trying(page).waitFor({ state: "detached" });
  await until(async () => ((cart) => cart.size === 1 && cart.get(mug.id) === 3)(await cartOf(shop, page)), "both changes");
  await page.close();
});

test("a change that is given up leaves the cart as the server has it", async () => {
  const page = await openFullCart();
  await page.route("**/items/*", (route) => route.abort());
  await drawer(page).getByRole("button", { name: `One more of ${mug.name}` }).click();
  await trying(page).waitFor();
  await drawer(page).getByRole("button", { name: "Give up" }).click();
  await trying(page).waitFor({ state: "detached" });
  await until(async () => (await quantity(page, mug.name).inputValue()) === "2", "what the server has");
  assert.equal((await cartOf(shop, page)).get(mug.id), 2);
  await page.close();
});

test("a price that changes while the cart is open is shown beside the old one, and must be accepted before anything is bought", async () => {
  const page = await openFullCart();
  await price(mug, 13.5);
  await drawer(page).getByText("was $12.90, now $13.50").waitFor();
  assert.equal(await checkOut(page).count(), 0);
  await drawer(page).getByRole("button", { name: "Accept the new price" }).click();
  await drawer(page).getByRole("button", { name: "Check out for $37.85" }).click();
  await page.getByText("Thank you").waitFor();
  await assertOneOrder(page, 37.85);
  await page.close();
});

test("a price that changed unnoticed stops the purchase until it is accepted", async () => {
  const page = await openPage("about:blank");
  // No news reach this tab, so it learns of the price by trying to buy.
  await page.route("**/changes?*", () => undefined);
  await shopWithMugsUnheard(page);
  await openCart(page);
  await checkOut(page).and(page.getByRole("button", { name: "Check out for $25.80" })).waitFor();
  await price(mug, 14);
  await checkOut(page).click();
  await drawer(page).getByRole("alert").getByText("Nothing was bought: the total is $28.00 now, not $25.80.").waitFor();
  await drawer(page).getByText("was $12.90, now $14.00").waitFor();
  assert.equal(await checkOut(page).count(), 0);
  assert.deepEqual(await ordersOf(shop, page), []);
  await drawer(page).getByRole("button", { name: "Accept the new price" }).click();
  await drawer(page).getByRole("button", { name: "Check out for $28.00" }).click();
  await page.getByText("Thank you").waitFor();
  await assertOneOrder(page, 28);
  await page.close();
});

async function shopWithMugsUnheard(page: Page): Promise<void> {
  await page.goto(`${shop.url}/shop`);
  await addToCart(page, mug.name).or(page.getByRole("searchbox")).first().waitFor();
  await page.getByRole("searchbox").fill("mug");
  await addToCart(page, mug.name).click();
  await addToCart(page, mug.name).click();
  await until(async () => (await cartOf(shop, page)).get(mug.id) === 2, "two mugs in the cart");
}

test("a price that was changed while nobody looked is told when the cart is opened", async () => {
  const page = await openFullCart();
  await drawer(page).getByRole("button", { name: "Close" }).click();
  await page.goto("about:blank");
  await price(mug, 11);
  await page.goto(`${shop.url}/shop/orders`);
  await openCart(page);
  await drawer(page).getByText("was $12.90, now $11.00").waitFor();
  await price(mug, mug.price);
  await drawer(page).getByRole("button", { name: "Check out for $36.65" }).waitFor();
  await page.close();
});

test("a product that is deleted while it is in the cart must be removed before the rest is bought", async () => {
  const page = await openFullCart();
  await shop.call("DELETE", `/products/${mug.id}`);
  await drawer(page).getByText("No longer sold", { exact: true }).waitFor();
  assert.ok(await checkOut(page).isDisabled());
  await page.reload();
  await openCart(page);
  await drawer(page).getByText("No longer sold", { exact: true }).waitFor();
  await drawer(page).getByText(mug.name, { exact: true }).first().waitFor();
  await drawer(page).getByRole("button", { name: `Remove ${mug.name}` }).click();
  await drawer(page).getByRole("button", { name: "Check out for $10.85" }).click();
  await page.getByText("Thank you").waitFor();
  await assertOneOrder(page, 10.85);
  await page.close();
});

test("adding a product that was deleted meanwhile says so at the product", async () => {
  const page = await openPage(`${shop.url}/shop?q=mug`);
  await addToCart(page, mug.name).waitFor();
  await shop.call("DELETE", `/products/${mug.id}`);
  await addToCart(page, mug.name).click();
  await page.getByRole("alert").getByText("This product is no longer sold.").waitFor();
  await cartButton(page).getByText("0 items").waitFor({ state: "attached" });
  assert.equal((await cartOf(shop, page)).size, 0);
  await page.close();
});

test("a cart that was bought elsewhere is not bought again", async () => {
  const page = await openPage("about:blank");
  await page.route("**/changes?*", () => undefined);
  await shopWithMugsUnheard(page);
  await openCart(page);
  await checkOut(page).and(page.getByRole("button", { name: "Check out for $25.80" })).waitFor();
  await shop.call("POST", `/cart/${await shopperOf(page)}/checkout`);
  await checkOut(page).click();
  await drawer(page).getByRole("alert").getByText(/There is no cart to buy any more/).waitFor();
  await drawer(page).getByRole("link", { name: "Your orders" }).click();
  await page.getByRole("list", { name: "Orders" }).waitFor();
  assert.equal((await ordersOf(shop, page)).length, 1);
  await page.close();
});

test("a catalogue that could not be loaded shows itself when the server is back", async () => {
  const page = await openPage(`${shop.url}/shop/orders`);
  await page.getByText("No orders yet").waitFor();
  await shop.kill();
  await page.getByRole("link", { name: "Look at the products" }).click();
  await page.getByRole("alert").getByText(/Could not load the products/).waitFor();
  await page.getByText("The connection to the shop is gone").waitFor();
  await shop.start();
  await page.getByRole("list", { name: "Products" }).waitFor();
  await page.close();
});

test("a sum beyond what the API compares is bought all the same", async () => {
  const page = await openPage(`${shop.url}/shop`);
  await price(mug, 9_999_999_999.99);
  await shopWithMugs(page, shop, 2);
  await openCart(page);
  await drawer(page).getByRole("button", { name: "Check out for $19,999,999,999.98" }).click();
  await page.getByText("Thank you").waitFor();
  await assertOneOrder(page, 19_999_999_999.98);
  await page.close();
});
