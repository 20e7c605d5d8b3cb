// The storefront as a shopper meets it: finding, looking, putting into the cart, buying, and looking back.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { addToCart, cartButton, cartOf, checkOut, drawer, mug, openCart, type Order, orderNumber, ordersOf, quantity, shopperOf, shopWithMugs } from "./shop-support";
import { openPage, openProfile, openShop, photograph, type Shop, until } from "./support";

let shop: Shop;
before(async () => {
  shop = await openShop();
});

const streams = async () => Number(/^cartwheel_changes_streams_open (\d+)/m.exec(await (await fetch(`${shop.url}/metrics`)).text())?.[1] ?? NaN);

test("a shopper searches, looks, adds, buys, and finds the order in the history", async () => {
  const page = await openPage(shop.url);
  await page.getByRole("heading", { name: "All products" }).waitFor();
  await addToCart(page, "Stapler").click();
  await photograph(page, "shop");

  await page.getByRole("searchbox", { name: "Search products" }).fill("mug");
  await page.waitForURL("**/shop?q=mug");
  await page.getByRole("heading", { name: "Results for “mug”" }).waitFor();
  await until(() => page.getByText(/for “mug”\.$/).count(), "the number of results being announced");
  await page.getByRole("link", { name: mug.name }).click();

  await page.getByRole("heading", { name: mug.name, level: 1 }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/shop/products/${mug.id}`);
  await page.getByText("$12.90").waitFor();
  await page.getByRole("button", { name: `One more of ${mug.name}` }).click();
  assert.equal(await page.getByRole("spinbutton", { name: `Quantity of ${mug.name}` }).inputValue(), "2");
  await page.getByRole("button", { name: "Add to cart", exact: true }).click();
  await page.getByText("2 items in your cart").waitFor();

  await openCart(page);
  await quantity(page, mug.name).fill("4");
  await quantity(page, mug.name).press("Enter");
  await drawer(page).getByText("$51.60").waitFor();
  await photograph(page, "cart");
  await drawer(page).getByRole("button", { name: "Check out for $62.45" }).click();

  await page.getByText("Thank you").waitFor();
  await photograph(page, "order");
  const number = await orderNumber(page).innerText();
  const [order, ...others] = await ordersOf(shop, page);
  assert.ok(order);
  assert.equal(others.length, 0);
  assert.equal(order.order_id, number);
  assert.equal(order.total, 62.45);
  assert.deepEqual(
    order.items.map(({ name, quantity: count, unit_price }) => [name, count, unit_price]).sort(),
    [["Stapler", 1, 10.85], [mug.name, 4, 12.9]],
  );
  for (const { name, total } of order.items) await page.getByRole("row", { name }).getByText(`$${total.toFixed(2)}`).last().waitFor();
  assert.equal((await cartOf(shop, page)).size, 0);
  await cartButton(page).getByText("0 items").waitFor({ state: "attached" });

  await page.getByRole("link", { name: "Orders", exact: true }).click();
  await page.getByRole("list", { name: "Orders" }).getByText(number).waitFor();
  await page.reload();
  await page.getByRole("list", { name: "Orders" }).getByRole("link").click();
  await page.getByRole("table", { name: "What was ordered" }).getByText("$62.45").waitFor();
  assert.equal(await orderNumber(page).innerText(), number);
  await page.close();
});

test("two tabs of one shopper agree on what is put in, how many, taken out and bought", async () => {
  const profile = await openProfile();
  const [one, other] = [await profile.newPage(), await profile.newPage()];
  await one.goto(`${shop.url}/shop?q=mug`);
  await other.goto(`${shop.url}/shop/orders`);
  await other.getByText("No orders yet").waitFor();
  assert.equal(await shopperOf(one), await shopperOf(other));

  // Chromium draws a tab that is not in front seldom, and clicks wait for that.
  await one.bringToFront();
  await addToCart(one, mug.name).click();
  await openCart(one);
  await cartButton(other).getByText("1 item").waitFor({ state: "attached" });
  await other.bringToFront();
  await openCart(other);
  await quantity(other, mug.name).fill("7");
  await quantity(other, mug.name).press("Enter");
  await checkOut(one).and(one.getByRole("button", { name: "Check out for $90.30" })).waitFor();
  assert.equal(await quantity(one, mug.name).inputValue(), "7");

  await one.bringToFront();
  await drawer(one).getByRole("button", { name: `Remove ${mug.name}` }).click();
  await drawer(other).getByText("Your cart is empty").waitFor();
  await drawer(one).getByRole("button", { name: "Close" }).click();
  await addToCart(one, mug.name).click();
  await quantity(other, mug.name).waitFor();
  await openCart(one);
  await checkOut(one).click();
  await orderNumber(one).waitFor();
  await drawer(other).getByText("Your cart is empty").waitFor();
  await other.bringToFront();
  await drawer(other).getByRole("button", { name: "Close" }).click();
  await other.getByRole("list", { name: "Orders" }).getByText(await orderNumber(one).innerText()).waitFor();
  await profile.close();
});

test("two carts that are open in two tabs learn of a price by one stream, and by the other's when the first is closed", async () => {
  const profile = await openProfile();
  const [one, other] = [await profile.newPage(), await profile.newPage()];
  for (const page of [one, other]) {
    await page.bringToFront();
    await shopWithMugs(page, shop, 2);
    await openCart(page);
  }
  await until(async () => (await streams()) === 3, "a stream for each tab's shopper and one for the products");
  await shop.call("PUT", `/products/${mug.id}`, { ...mug, price: 13.5 });
  for (const page of [one, other]) await drawer(page).getByText("was $12.90, now $13.50").waitFor();
  await one.close();
  await until(async () => (await streams()) === 2, "the streams of the tab that is left");
  await shop.call("PUT", `/products/${mug.id}`, mug);
  await drawer(other).getByRole("button", { name: "Check out for $25.80" }).waitFor();
  await profile.close();
});

test("a hidden tab holds no stream, and has caught up when it is shown again", async () => {
  const page = await openPage(`${shop.url}/shop`);
  await until(async () => (await streams()) === 1, "the stream of the tab");
  const turn = (state: string) =>
    page.evaluate((to) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => to });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await turn("hidden");
  await until(async () => (await streams()) === 0, "the end of the stream");
  await shop.call("PUT", `/cart/${await shopperOf(page)}/items/${mug.id}`, { quantity: 3 });
  await turn("visible");
  await cartButton(page).getByText("3 items").waitFor({ state: "attached" });
  await page.close();
});

test("a burst of clicks on one more ends in the right quantity, also on the server", async () => {
  const page = await openPage(`${shop.url}/shop`);
  await shopWithMugs(page, shop, 2);
  await openCart(page);
  const more = drawer(page).getByRole("button", { name: `One more of ${mug.name}` });
  await more.evaluate((button: HTMLButtonElement) => {
    for (let i = 0; i < 40; ++i) button.click();
  });
  await drawer(page).getByRole("button", { name: `One fewer of ${mug.name}` }).click();
  await until(async () => (await quantity(page, mug.name).inputValue()) === "41", "the quantity that was clicked");
  await until(async () => (await cartOf(shop, page)).get(mug.id) === 41, "the quantity on the server");
  await drawer(page).getByRole("button", { name: "Check out for $528.90" }).waitFor();
  await page.close();
});

test("a quantity that no cart takes is refused in words at its line", async () => {
  const page = await openPage(`${shop.url}/shop`);
  await shopWithMugs(page, shop, 2);
  await openCart(page);
  for (const wrong of ["0", "1000001", "1.5", ""]) {
    await quantity(page, mug.name).fill(wrong);
    await quantity(page, mug.name).press("Enter");
    await drawer(page).getByRole("alert").getByText("Give a whole number from 1 to 1,000,000.").waitFor();
    await quantity(page, mug.name).fill("3");
    await quantity(page, mug.name).press("Enter");
    await drawer(page).getByRole("alert").waitFor({ state: "detached" });
  }
  await until(async () => (await cartOf(shop, page)).get(mug.id) === 3, "the quantity that was right");
  await page.close();
});

test("a search without results says so and leads back to all products", async () => {
  const page = await openPage(`${shop.url}/shop`);
  await page.getByRole("searchbox").fill("submarine");
  await page.getByRole("heading", { name: "Nothing found for “submarine”" }).waitFor();
  await page.reload();
  assert.equal(await page.getByRole("searchbox").inputValue(), "submarine");
  await page.getByRole("link", { name: "Show all products" }).click();
  await page.getByRole("heading", { name: "All products" }).waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "");
  await page.goBack();
  await page.getByRole("heading", { name: "Nothing found for “submarine”" }).waitFor();
  await page.close();
});

test("only the latest of several searches is shown, however late the others are answered", async () => {
  const page = await openPage(`${shop.url}/shop`);
  await page.getByRole("list", { name: "Products" }).waitFor();
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  await page.route("**/products?*q=kite*", async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  const asked = page.waitForRequest("**/products?*q=kite*");
  await page.getByRole("searchbox").fill("kite");
  await asked;
  await page.getByRole("searchbox").fill("mug");
  await page.getByRole("heading", { name: "Results for “mug”" }).waitFor();
  await page.getByRole("link", { name: mug.name }).waitFor();
  release();
  await page.unroute("**/products?*q=kite*");
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Results for “mug”");
  assert.equal(await page.getByRole("link", { name: /kite/ }).count(), 0);
  await page.close();
});

test("all products are reached page by page, and the way back leads over the same pages", async () => {
  const page = await openPage(`${shop.url}/shop`);
  const names = async () => page.getByRole("list", { name: "Products" }).getByRole("link").allInnerTexts();
  const pages: string[][] = [];
  for (;;) {
    await page.getByRole("list", { name: "Products" }).and(page.locator("[aria-busy=false]")).waitFor();
    const seen = pages.at(-1)?.[0];
    await until(async () => (await names())[0] !== seen, "another page");
    pages.push(await names());
    const next = page.getByRole("link", { name: "Next page" });
    if ((await next.count()) === 0) break;
    await next.click();
  }
  const all = await shop.get<{ name: string }[]>("/products?limit=1000");
  assert.deepEqual(pages.flat(), all.map(({ name }) => name));
  await page.getByRole("link", { name: "Previous page" }).click();
  await until(async () => (await names())[0] === pages.at(-2)![0], "the page before");
  await page.goBack();
  await until(async () => (await names())[0] === pages.at(-1)![0], "the last page");
  await page.getByRole("link", { name: "First page" }).click();
  await until(async () => (await names())[0] === pages[0]![0], "the first page");
  await page.close();
});

test("a product that is not there says so and leads back", async () => {
  for (const id of ["00000000-0000-4000-8000-000000000000", "no-id"]) {
    const page = await openPage(`${shop.url}/shop/products/${id}`);
    await page.getByRole("heading", { name: "This product is no longer sold" }).waitFor();
    await page.getByRole("link", { name: "Back to all products" }).click();
    await page.getByRole("list", { name: "Products" }).waitFor();
    await page.close();
  }
});

test("a shop without products says how it gets some", async () => {
  const page = await openPage(`${shop.url}/shop/orders`);
  await page.route("**/products?*", (route) => route.fulfill({ json: [] }));
  await page.getByRole("link", { name: "Cartwheel" }).first().click();
  await page.getByRole("heading", { name: "The shop has no products yet" }).waitFor();
  await page.getByText("cartwheel serve --sample").waitFor();
  assert.equal(await page.getByRole("link", { name: "Add products" }).getAttribute("href"), "/dashboard/products");
  await page.close();
});

test("the history has all orders, newest first, page by page", async () => {
  const page = await openPage(`${shop.url}/shop`);
  const shopper = await shopperOf(page);
  const made: string[] = [];
  for (let i = 1; i <= 23; ++i) {
    await shop.call("PUT", `/cart/${shopper}/items/${mug.id}`, { quantity: i });
    made.unshift((await shop.call<Order>("POST", `/cart/${shopper}/checkout`)).order_id);
  }
  await page.goto(`${shop.url}/shop/orders`);
  const numbers = () => page.getByRole("list", { name: "Orders" }).locator(".order-number .mono").allInnerTexts();
  await page.getByRole("list", { name: "Orders" }).waitFor();
  assert.deepEqual(await numbers(), made.slice(0, 20));
  await page.getByRole("link", { name: "Older orders" }).click();
  await until(async () => (await numbers()).length === 3, "the older orders");
  assert.deepEqual(await numbers(), made.slice(20));
  await page.close();
});

test("the keyboard alone gets from the catalogue to the order", async () => {
  const page = await openPage(`${shop.url}/shop`);
  await page.getByRole("list", { name: "Products" }).waitFor();
  const focused = () =>
    page.evaluate(() => {
      const here = document.activeElement;
      return here?.matches("a, button, input") ? here.textContent!.trim() || here.getAttribute("aria-label") || "" : "";
    });
  const reach = async (name: string) => {
    for (let steps = 0; steps < 60; ++steps) {
      await page.keyboard.press("Tab");
      if ((await focused()).includes(name)) return;
    }
    assert.fail(`${name} was not reached`);
  };
  await reach("Skip to the content");
  await reach("Search products");
  await page.keyboard.type("mug");
  await page.getByRole("heading", { name: "Results for “mug”" }).waitFor();
  await reach(mug.name);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: mug.name, level: 1 }).waitFor();
  await reach("+");
  await page.keyboard.press("Space");
  await reach("Add to cart");
  await page.keyboard.press("Enter");
  await page.getByText("2 items in your cart").waitFor();
  await reach("Look at the cart");
  await page.keyboard.press("Enter");
  await drawer(page).waitFor();
  await page.keyboard.press("Escape");
  await drawer(page).waitFor({ state: "detached" });
  assert.equal(await focused(), "Look at the cart", "the focus comes back to where it was");
  await page.keyboard.press("Enter");
  await checkOut(page).and(page.getByRole("button", { name: "Check out for $25.80" })).waitFor();
  await reach("Check out");
  await page.keyboard.press("Space");
  await orderNumber(page).waitFor();
  assert.equal((await ordersOf(shop, page))[0]?.total, 25.8);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main", "reading goes on at the order");
  await reach("Continue shopping");
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "Products" }).waitFor();
  await page.close();
});
