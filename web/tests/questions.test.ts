// The questions view: ready-made questions, statements of one's own, and what can be done with an answer.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import type { Page } from "playwright-core";

import { openPage, openProfile, openShop, photograph, type Shop, until } from "./support";
import { cellsOf, download } from "./views-support";
import { appearances, assertUsable, openForAxe } from "./axe";

const mug = "26555f22-023f-464c-b38b-e36a29e1e37c";
const skillet = "b3bda498-9985-479b-8801-45e9c4e5ac45";
const knife = "6a3eae3e-4388-461e-9f56-7ba83d4a077b";

let shop: Shop;
before(async () => {
  shop = await openShop();
  const put = (user: string, product: string, quantity: number) => shop.call("PUT", `/cart/${user}/items/${product}`, { quantity });
  await put("ada", mug, 4);
  await put("ada", skillet, 1);
  await put("ben", mug, 2);
  await put("ben", knife, 3);
  await shop.call("DELETE", `/cart/ben/items/${knife}`);
  await shop.call("POST", "/cart/ada/checkout");
});

const box = (page: Page) => page.getByLabel("Statement");
const rowsOf = (page: Page) => page.getByRole("region", { name: "Rows of the answer" }).locator("tbody tr");
const open = () => openPage(`${shop.url}/dashboard/questions`);

async function ask(page: Page, statement: string): Promise<void> {
  await box(page).fill(statement);
  await page.getByRole("button", { name: "Run" }).click();
}

test("the sample's first query, typed into the box, counts the puts of more than two", async () => {
  const page = await open();
  await ask(page, 'SELECT count(*) FROM ecommerce.cart_items_scylla_cdc_log WHERE "cdc$operation"= 2 AND product_quantity > 2 ALLOW FILTERING;');
  await rowsOf(page).first().waitFor();
  assert.deepEqual(await cellsOf(rowsOf(page)), [["2"]]);
});

test("the sample's second query counts the puts of one product; Ctrl+Enter runs it", async () => {
  const page = await open();
  await box(page).fill(`SELECT count(*) FROM ecommerce.cart_items_scylla_cdc_log WHERE "cdc$operation"= 2 AND product_id = ${mug} ALLOW FILTERING;`);
  await box(page).press("Control+Enter");
  await rowsOf(page).first().waitFor();
  assert.deepEqual(await cellsOf(rowsOf(page)), [["2"]]);
});

test("best sellers has what was ordered, as a table, as a plot, and sorted by a column", async () => {
  const page = await open();
  await page.getByRole("button", { name: "Best sellers" }).click();
  await rowsOf(page).first().waitFor();
  const expected = [
    ["Stoneware mug", "4", "1", "51.60", mug],
    ["Cast-iron skillet, 26 cm", "1", "1", "39.95", skillet],
  ];
  assert.deepEqual(await cellsOf(rowsOf(page)), expected);
  await page.getByRole("button", { name: "quantity", exact: true }).click();
  assert.deepEqual(await cellsOf(rowsOf(page)), [...expected].reverse());
  await page.getByRole("columnheader", { name: "quantity" }).and(page.locator("[aria-sort=ascending]")).waitFor();
  await page.getByRole("button", { name: "Plot", exact: true }).click();
  await page.locator("canvas").waitFor();
  await page.getByLabel("Plot of").selectOption("revenue");
  await page.getByRole("cell", { name: "51.60" }).waitFor({ state: "attached" });
});

test("of many orders the products that sell best come first, also in the plot", async () => {
  const busy = await openShop();
  const products = await busy.get<{ id: string; name: string }[]>("/products?limit=9");
  for (const [index, { id }] of products.entries()) {
    await busy.call("PUT", `/cart/shopper-${index}/items/${id}`, { quantity: 30 - 3 * index + (index % 3) });
    await busy.call("POST", `/cart/shopper-${index}/checkout`);
  }
  const page = await openPage(`${busy.url}/dashboard/questions`, { viewport: { width: 1280, height: 930 } });
  await page.getByRole("button", { name: "Best sellers" }).click();
  await rowsOf(page).first().waitFor();
  assert.deepEqual(
    (await cellsOf(rowsOf(page))).map(([name]) => name),
    products.map(({ name }) => name),
  );
  await page.getByRole("button", { name: "Plot", exact: true }).click();
  await page.locator("canvas").waitFor();
  const told = await cellsOf(page.getByRole("table", { name: "quantity by name" }).locator("tbody tr"));
  assert.deepEqual(
    told.map(([name]) => name),
    products.map(({ name }) => name),
  );
  await photograph(page, "questions");
});

test("on a cluster it says that statements are the cluster's own, and offers what works there", async () => {
  const page = await (await openProfile()).newPage();
  await page.route("**/info", (route) => route.fulfill({ json: { version: "0", store: "cql", keyspace: "myshop", currency: "USD", changes_retention: 86_400 } }));
  await page.route("**/query", (route) => {
    return route.fulfill({ json: { columns: ["user_id"], rows: [], truncated: false, took_ms: 1 } });
  });
  await page.goto(`${shop.url}/dashboard/questions?q=${encodeURIComponent("SELECT name, quantity, orders, revenue, product_id FROM best_sellers LIMIT 20")}`);
  await page.getByText("statements go to it as its own CQL").waitFor();
  await page.getByText("This statement came with the address").waitFor();
  assert.equal(await page.getByRole("button", { name: "Best sellers", exact: true }).count(), 0);
  await page.getByRole("button", { name: "Some orders" }).click();
  await page.getByRole("heading", { name: "Some orders" }).waitFor();
  assert.equal(await box(page).inputValue(), "SELECT * FROM myshop.orders LIMIT 20");
});

for (const [name, expected] of [
  ["Put in and taken out", ["Chef's knife, 20 cm", "1", "0", knife]],
  ["In carts now", ["Stoneware mug", "1", "2", mug]],
] as const)
  test(`the ready-made question "${name}" has its answer`, async () => {
    const page = await open();
    await page.getByRole("button", { name }).click();
    await rowsOf(page).first().waitFor();
    assert.deepEqual((await cellsOf(rowsOf(page)))[0], expected);
  });

test("every ready-made question is answered", async () => {
  const page = await open();
  for (const button of await page.getByRole("region", { name: "Ready-made questions" }).getByRole("button").all()) {
    await button.click();
    await page.getByRole("heading", { name: await button.innerText() }).waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
  }
});

test("a wrong statement is refused in words, under the box", async () => {
  const page = await open();
  await ask(page, "SELECT nme FROM product");
  await page.getByRole("alert").getByText("line 1, column 8: no such column: nme; did you mean name?").waitFor();
  await ask(page, "DELETE FROM product");
  await page.getByRole("alert").getByText("only SELECT is answered here").waitFor();
});

test("what was run is remembered, also when the page is loaded anew, until it is forgotten", async () => {
  const page = await open();
  await ask(page, "SELECT 1 AS one");
  await ask(page, "SELECT 2 AS two");
  await page.getByRole("columnheader", { name: "two" }).waitFor();
  await page.goto(`${shop.url}/dashboard/questions`);
  const history = page.getByRole("region", { name: "History" }).getByRole("listitem");
  await history.first().waitFor();
  assert.deepEqual(await history.allInnerTexts(), ["SELECT 2 AS two", "SELECT 1 AS one"]);
  await history.getByRole("button", { name: "SELECT 1 AS one" }).click();
  assert.equal(await box(page).inputValue(), "SELECT 1 AS one");
  await page.getByRole("button", { name: "Forget all" }).click();
  await page.getByText("What you run is remembered here").waitFor();
  await page.reload();
  await page.getByText("What you run is remembered here").waitFor();
});

test("the download of an answer has all of its rows as CSV", async () => {
  const page = await open();
  await ask(page, "SELECT 'a \"b\", c' AS text, 12.5 AS number, NULL AS none UNION ALL SELECT 'two' || char(10) || 'lines', 2, 'x'");
  const { name, bytes } = await download(page, page.getByRole("button", { name: "Download CSV" }));
  assert.equal(name, "answer.csv");
  assert.equal(bytes.toString(), 'text,number,none\n"a ""b"", c",12.5,\n"two\nlines",2,x\n');
});

test("a text in a download that a spreadsheet would run is marked as text", async () => {
  const page = await open();
  await ask(page, `SELECT '=HYPERLINK("x")' AS a, '@x' AS b, -5 AS c, 'a-b' AS d`);
  const { bytes } = await download(page, page.getByRole("button", { name: "Download CSV" }));
  assert.equal(bytes.toString(), `a,b,c,d\n"'=HYPERLINK(""x"")",'@x,-5,a-b\n`);
});

test("a statement in the address waits for a click; a ready-made one runs at once, and Back goes back to the one before", async () => {
  const page = await openPage(`${shop.url}/dashboard/questions?q=${encodeURIComponent("SELECT 7 AS seven")}`);
  await page.getByText("This statement came with the address").waitFor();
  assert.equal(await box(page).inputValue(), "SELECT 7 AS seven");
  assert.equal(await rowsOf(page).count(), 0);
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByRole("columnheader", { name: "seven" }).waitFor();
  await page.getByRole("button", { name: "Best sellers" }).click();
  await page.getByRole("heading", { name: "Best sellers" }).waitFor();
  const address = page.url();
  await page.goBack();
  await until(async () => (await box(page).inputValue()) === "SELECT 7 AS seven", "the statement before");
  const other = await openPage(address);
  await other.getByRole("heading", { name: "Best sellers" }).waitFor();
});

test("an answer that is too long is cut, says so, and turns pages", async () => {
  const page = await open();
  await ask(page, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n");
  await page.getByText("these are the first 10,000").waitFor();
  await page.getByText("Rows 1 to 100 of 10,000").waitFor();
  await page.getByRole("button", { name: "Rows after" }).click();
  assert.deepEqual((await cellsOf(rowsOf(page)))[0], ["101"]);
});

test("a query under way can be ended", async () => {
  const page = await open();
  await ask(page, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  await page.getByText("Asking…").waitFor();
  await page.getByRole("button", { name: "End" }).click();
  await page.getByText("The query was ended before it answered").waitFor();
  await ask(page, "SELECT 1 AS after");
  await page.getByRole("columnheader", { name: "after" }).waitFor();
});

test("the columns of a table and of a view are told, and a statement begun from them", async () => {
  const page = await open();
  await page.getByText("cart_items", { exact: true }).click();
  await page.getByText("product_quantity", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Write a statement of it" }).click();
  assert.equal(await box(page).inputValue(), "SELECT * FROM cart_items LIMIT 20");
});

test("a user in an answer leads to the user's cart", async () => {
  const page = await open();
  await ask(page, "SELECT user_id, is_active FROM cart WHERE user_id = 'ada'");
  await rowsOf(page).first().waitFor();
  assert.deepEqual(await cellsOf(rowsOf(page)), [["ada", "false"]]);
  await page.getByRole("link", { name: "ada" }).click();
  await page.getByRole("heading", { name: "The cart of ada" }).waitFor();
});

for (const appearance of appearances)
  test(`the view is usable by all, ${appearance.scheme}, ${appearance.width} wide`, async () => {
    const page = await openForAxe(`${shop.url}/dashboard/questions`, appearance);
    await page.getByRole("button", { name: "Best sellers" }).click();
    await rowsOf(page).first().waitFor();
    await assertUsable(page);
    await page.getByRole("button", { name: "Plot", exact: true }).click();
    await page.locator("canvas").waitFor();
    await ask(page, "SELECT nothing");
    await page.getByRole("alert").waitFor();
    await assertUsable(page);
  });
