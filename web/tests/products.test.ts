// The products view: the catalogue is edited, and CSV files are looked at and imported.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";

import type { Page } from "playwright-core";

import { openPage, openShop, photograph, type Shop, until } from "./support";
import { cellsOf, download } from "./views-support";
import { appearances, assertUsable, openForAxe } from "./axe";

interface Product {
  id: string;
  name: string;
  img: string;
  price: number;
}

const header = "id,img,name,price";
const mug = "26555f22-023f-464c-b38b-e36a29e1e37c";

let shop: Shop;
before(async () => {
  shop = await openShop();
});

const open = async (of = shop) => {
  const page = await openPage(`${of.url}/dashboard/products`);
  await page.getByRole("region", { name: "Products" }).waitFor();
  return page;
};
const dialog = (page: Page) => page.getByRole("dialog");
const named = async (of: Shop, name: string) => (await of.get<Product[]>(`/products?limit=100&q=${encodeURIComponent(name)}`)).filter((one) => one.name === name);
const count = async (of: Shop) => (await of.call<{ rows: number[][] }>("POST", "/query", { statement: "SELECT count(*) FROM product" })).rows[0]![0]!;

async function choose(page: Page, name: string, text: string): Promise<void> {
  await page.getByLabel("Choose a file").or(page.getByLabel("Another file")).setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

/** As a person drops a file from the desktop. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content!], fileName!, { type: "text/csv" }));
      return transfer;
    },
    [name, text],
  );
  const view = page.getByRole("region", { name: "Products" });
  await view.dispatchEvent("dragover", { dataTransfer: data });
  await view.dispatchEvent("drop", { dataTransfer: data });
}

const figures = (page: Page) => page.locator("dl.products-figures > div").evaluateAll((all) => all.map((one) => (one as HTMLElement).innerText.replace("\n", " ")));
const checked = (page: Page) => page.getByText("Nothing is changed yet").waitFor();

test("a product that is edited here is changed in the shop", async () => {
  const page = await open();
  await page.getByLabel("Search").fill("stoneware");
  await page.getByRole("button", { name: "Edit Stoneware mug" }).click();
  assert.equal(await dialog(page).getByLabel("Id").inputValue(), mug);
  await dialog(page).getByLabel("Name").fill("Stoneware mug, blue");
  await dialog(page).getByLabel("Price").fill("13.50");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await page.getByText("Stoneware mug, blue is saved.").waitFor();
  await page.getByRole("cell", { name: "$13.50" }).waitFor();
  const product = await shop.get<Product>(`/products/${mug}`);
  assert.deepEqual([product.name, product.price, product.img], ["Stoneware mug, blue", 13.5, "/images/stoneware-mug.svg"]);
});

test("what is wrong with a field is said at the field, and nothing is saved", async () => {
  const page = await open();
  await page.getByRole("button", { name: "Add a product" }).click();
  const inside = dialog(page);
  await inside.getByLabel("Name").fill("Half a thing");
  await inside.getByLabel("Price").fill("1.234");
  await inside.getByLabel("Id").fill("not an id");
  await inside.getByRole("button", { name: "Add" }).click();
  await inside.getByRole("alert").first().waitFor();
  assert.equal(await inside.getByLabel("Id").getAttribute("aria-invalid"), "true");
  await inside.getByLabel("Id").fill(randomUUID());
  await inside.getByRole("button", { name: "Add" }).click();
  await until(async () => (await inside.getByLabel("Id").getAttribute("aria-invalid")) === "false", "the id to be right");
  await inside.getByRole("alert").waitFor();
  const described = await inside.getByLabel("Price").getAttribute("aria-describedby");
  assert.match(await page.locator(`#${described}`).innerText(), /decimal|digits|cents/i);
  assert.deepEqual(await named(shop, "Half a thing"), []);
  await page.keyboard.press("Escape");
  await inside.waitFor({ state: "detached" });
});

test("a product is added with an id of its own, and never over one that is there", async () => {
  const page = await open();
  await page.getByRole("button", { name: "Add a product" }).click();
  await dialog(page).getByLabel("Name").fill("Brass bell");
  await dialog(page).getByLabel("Price").fill("7.5");
  const id = await dialog(page).getByLabel("Id").inputValue();
  await dialog(page).getByLabel("Id").fill(mug);
  await dialog(page).getByRole("button", { name: "Add" }).click();
  await dialog(page).getByText("There is a product with this id already").waitFor();
  await dialog(page).getByLabel("Id").fill(id);
  await page.keyboard.press("Enter");
  await page.getByText("Brass bell is added.").waitFor();
  assert.deepEqual(await shop.get<Product>(`/products/${id}`), { id, name: "Brass bell", img: "", price: 7.5 });
  await page.getByLabel("Search").fill("brass bell");
  await page.getByRole("region", { name: "Products" }).getByText(id).waitFor();
});

test("a product is deleted after a question, and not without", async () => {
  const id = randomUUID();
  await shop.call("PUT", `/products/${id}`, { id, name: "Unwanted thing", img: "", price: 1 });
  const page = await open();
  await page.getByLabel("Search").fill("unwanted");
  await page.getByRole("button", { name: "Delete Unwanted thing" }).click();
  await dialog(page).getByRole("button", { name: "Keep it" }).click();
  await dialog(page).waitFor({ state: "detached" });
  assert.equal((await named(shop, "Unwanted thing")).length, 1);
  await page.getByRole("button", { name: "Delete Unwanted thing" }).click();
  await dialog(page).getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("Unwanted thing is deleted.").waitFor();
  await page.getByText('No product\'s name has "unwanted" in it.').waitFor();
  assert.deepEqual(await named(shop, "Unwanted thing"), []);
});

test("the catalogue is turned page by page, every product once", async () => {
  const page = await open();
  await photograph(page, "products");
  const seen: string[] = [];
  for (;;) {
    const rows = page.getByRole("region", { name: "Products" }).locator("tbody tr");
    seen.push(...(await cellsOf(rows)).map(([name]) => name!));
    const next = page.getByRole("button", { name: "Page after" });
    if (await next.isDisabled()) break;
    const first = await rows.first().innerText();
    await next.click();
    await until(async () => (await rows.first().innerText()) !== first, "the next page");
  }
  assert.equal(seen.length, await count(shop));
  assert.equal(new Set(seen).size, seen.length);
});

test("the export leads to the catalogue as CSV", async () => {
  const page = await open();
  const { name, bytes } = await download(page, page.getByRole("link", { name: "Export CSV" }));
  assert.match(name, /\.csv$/);
  assert.ok(bytes.toString().startsWith(`${header}\n`));
});

test("a dropped file is looked at first, changes nothing before somebody says so, and what is rejected can be mended and imported", async () => {
  const one = await openShop();
  const skillet = "b3bda498-9985-479b-8801-45e9c4e5ac45";
  const [changed, unchanged] = [`${skillet},/images/cast-iron-skillet.svg,"Cast-iron skillet, 26 cm",44.95`, `${mug},/images/stoneware-mug.svg,Stoneware mug,12.90`];
  const fresh = `${randomUUID()},/images/x.svg,"A new thing,\nin two lines",3.20`;
  const bad = ["not-a-uuid,/images/x.svg,Broken thing,1.00", `${randomUUID()},/images/x.svg,"Far too\ndear",twelve`, `${randomUUID()},/images/x.svg,Short row`];
  const file = `${[header, changed, bad[0], fresh, bad[1], unchanged, bad[2]].join("\n")}\n`;
  const before_ = await (await fetch(`${one.url}/products/export`)).text();

  const page = await open(one);
  await drop(page, "spring.csv", file);
  await checked(page);
  assert.deepEqual(await figures(page), ["New 1", "Replaced 1", "Unchanged 1", "Rejected 3"]);
  const reasons = await cellsOf(page.getByRole("region", { name: "Why rows are rejected" }).locator("tbody tr"));
  assert.deepEqual(
    reasons.map(([line, where, , value]) => [line, where, value]),
    [
      ["3", "id", "not-a-uuid"],
      ["6", "price", "twelve"],
      ["9", "row", bad[2]],
    ],
  );
  assert.equal(await (await fetch(`${one.url}/products/export`)).text(), before_);
  await photograph(page, "import");

  const rejects = await download(page, page.getByRole("button", { name: "Download rejected rows" }));
  assert.equal(rejects.name, "spring.rejects.csv");
  assert.equal(rejects.bytes.toString(), `${[header, ...bad].join("\n")}\n`);
  const log = await download(page, page.getByRole("button", { name: "Download reasons" }));
  assert.match(log.bytes.toString(), /^spring\.csv line 3, id: "not-a-uuid": .+\nspring\.csv line 6, price: "twelve": .+\nspring\.csv line 9: .+\n$/);

  await page.getByRole("button", { name: "Import 2 products" }).click();
  await page.getByText("Done: 2 products imported.").waitFor();
  assert.equal((await one.get<Product>(`/products/${skillet}`)).price, 44.95);
  assert.equal((await named(one, "A new thing,\nin two lines")).length, 1);
  assert.equal((await named(one, "Broken thing")).length, 0);

  const mended = rejects.bytes.toString().replace("not-a-uuid", randomUUID()).replace("twelve", "12").replace("Short row", "Short row,5");
  await choose(page, "spring.rejects.csv", mended);
  await checked(page);
  assert.deepEqual(await figures(page), ["New 3", "Replaced 0", "Unchanged 0", "Rejected 0"]);
  await page.getByRole("button", { name: "Import 3 products" }).click();
  await page.getByText("Done: 3 products imported.").waitFor();
  assert.equal((await named(one, "Broken thing")).length, 1);
});

test("a file of 20,000 rows goes in parts, with a line break in quotes across their border, and its lines are counted on", async () => {
  const one = await openShop();
  const ids = Array.from({ length: 20_000 }, () => randomUUID());
  const rows = ids.map((id, index) => {
    if (index === 4_999 || index === 5_000) return `${id},,"Thing ${index},\nover ""two""\r\nlines",1.00`;
    if (index === 12_345) return `${id},,Thing ${index},nothing`;
    return `${id},,Thing ${index},${index % 100}.25`;
  });
  const page = await open(one);
  await choose(page, "many.csv", `\ufeff${header}\r\n${rows.join("\r\n")}\r\n`);
  await checked(page);
  assert.deepEqual(await figures(page), ["New 19,999", "Replaced 0", "Unchanged 0", "Rejected 1"]);
  const [reason] = await cellsOf(page.getByRole("region", { name: "Why rows are rejected" }).locator("tbody tr"));
  // The header, the rows before it, and twice two lines more than rows.
  assert.equal(reason?.[0], new Intl.NumberFormat("en").format(1 + 12_346 + 4));
  const rejects = await download(page, page.getByRole("button", { name: "Download rejected rows" }));
  assert.equal(rejects.bytes.toString(), `${header}\r\n${rows[12_345]}\r\n`);
  const before_ = await count(one);
  await page.getByRole("button", { name: "Import 19,999 products" }).click();
  await page.getByText("Done: 19,999 products imported.").waitFor();
  for (const index of [0, 4_998, 4_999, 5_000, 5_001, 19_999]) {
    const { name } = await one.get<Product>(`/products/${ids[index]}`);
    assert.equal(name, index === 4_999 || index === 5_000 ? `Thing ${index},\nover "two"\r\nlines` : `Thing ${index}`);
  }
  assert.equal(await count(one), before_ + 19_999);
});

test("a server that is away in the middle is asked again until it is back, and the page says so", async () => {
  const one = await openShop();
  const page = await open(one);
  const id = randomUUID();
  await choose(page, "late.csv", `${header}\n${id},,Late thing,1\n`);
  await checked(page);
  await one.kill();
  await page.getByRole("button", { name: "Import 1 product" }).click();
  await page.getByText("The part is sent again until the shop takes it").waitFor();
  await one.start();
  await page.getByText("Done: 1 product imported.").waitFor();
  assert.equal((await one.get<Product>(`/products/${id}`)).name, "Late thing");
});

test("an import that waits for the server can be stopped", async () => {
  const one = await openShop();
  const page = await open(one);
  await choose(page, "late.csv", `${header}\n${randomUUID()},,Late thing,1\n`);
  await checked(page);
  await one.kill();
  await page.getByRole("button", { name: "Import 1 product" }).click();
  await page.getByText("The part is sent again until the shop takes it").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped. Nothing was imported.").waitFor();
  await one.start();
  await page.getByRole("button", { name: "Import it again" }).click();
  await page.getByText("Done: 1 product imported.").waitFor();
});

test("a file without a header is refused in words, and taken when it is said that it has none", async () => {
  const one = await openShop();
  const page = await open(one);
  const bad = `${randomUUID()},,Bad thing,much`;
  await choose(page, "bare.csv", `${randomUUID()},,First thing,1\n${bad}\n`);
  await page.getByRole("alert").getByText("The first line is no header").waitFor();
  await page.getByLabel("The first line is a product, not a header").check();
  await checked(page);
  assert.deepEqual(await figures(page), ["New 1", "Replaced 0", "Unchanged 0", "Rejected 1"]);
  assert.equal((await cellsOf(page.getByRole("region", { name: "Why rows are rejected" }).locator("tbody tr")))[0]?.[0], "2");
  const rejects = await download(page, page.getByRole("button", { name: "Download rejected rows" }));
  assert.equal(rejects.bytes.toString(), `${header}\n${bad}\n`);
});

test("an empty file is told from one that has nothing to change", async () => {
  const page = await open();
  await choose(page, "empty.csv", "");
  await page.getByRole("alert").getByText("The file is empty").waitFor();
  await choose(page, "header.csv", `${header}\n`);
  await page.getByText("0 rows looked at").waitFor();
  assert.equal(await page.getByRole("button", { name: "Nothing to import" }).isDisabled(), true);
});

for (const appearance of appearances)
  test(`the view is usable by all, ${appearance.scheme}, ${appearance.width} wide`, async () => {
    const page = await openForAxe(`${shop.url}/dashboard/products`, appearance);
    await page.getByRole("region", { name: "Products" }).waitFor();
    await assertUsable(page);
    await choose(page, "some.csv", `${header}\n${randomUUID()},,Thing,1\nbad,,${"x".repeat(200)},2\n`);
    await checked(page);
    await assertUsable(page);
    await page.getByRole("button", { name: "Add a product" }).click();
    await dialog(page).getByRole("button", { name: "Add" }).click();
    await dialog(page).getByRole("alert").first().waitFor();
    await assertUsable(page);
  });
