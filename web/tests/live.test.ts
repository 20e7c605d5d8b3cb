// The dashboard's live view: every change is there without asking, can be opened, filtered, paused and replayed, and a load of thousands a
// second neither freezes the page nor makes it count wrong.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { afterEach, before, test } from "node:test";

import type { BrowserContextOptions, Locator, Page } from "playwright-core";

import { binary, openPage, openShop, photograph, type Shop, until } from "./support";
import { appearances, assertUsable } from "./axe";

const mug = "26555f22-023f-464c-b38b-e36a29e1e37c";
let shop: Shop;
let other: string;
before(async () => {
  shop = await openShop();
  const products = await shop.get<{ id: string; name: string }[]>("/products?limit=5");
  other = products.find(({ id }) => id !== mug)!.id;
});

const pages: Page[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
});

let users = 0;
const newUser = () => `shopper-${process.pid}-${++users}`;
const put = (user: string, quantity: number, product = mug) =>
  shop.call("PUT", `/cart/${user}/items/${product}`, { quantity });

const row = (page: Page, text: string | RegExp): Locator => page.getByRole("list", { name: "Changes, newest first" }).getByRole("button", { name: text });
const status = (page: Page): Locator => page.getByTestId("status");

async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await openPage(url, options);
  pages.push(page);
  return page;
}

async function openLive(path = "/dashboard", options: BrowserContextOptions = {}): Promise<Page> {
  const page = await open(shop.url + path, options);
  await page.getByText("Connected", { exact: true }).waitFor();
  return page;
}

/** Changes that the log has of all tables. */
async function changesInLog(): Promise<number> {
  const count = (table: string) => `(SELECT count(*) FROM ${table}_scylla_cdc_log WHERE "cdc$operation" IN (1, 2, 3))`;
  const statement = `SELECT ${["product", "cart", "cart_items", "orders"].map(count).join(" + ")}`;
  return (await shop.call<{ rows: number[][] }>("POST", "/query", { statement })).rows[0]![0]!;
}

async function counted(page: Page): Promise<number> {
  const text = (await page.getByTestId("counted").textContent()) ?? "";
  return Number(/^([\d,]+) changes? since/.exec(text)?.[1]?.replaceAll(",", "") ?? NaN);
}

function simulate(...flags: string[]): { done: Promise<number | null>; end(): void } {
  const running = spawn(binary, ["simulate", "--server", shop.url, ...flags], { stdio: "ignore" });
  return { done: new Promise((done) => running.once("exit", done)), end: () => running.kill("SIGINT") };
}

test("a change made by plain HTTP is on the dashboard within a second of its answer, without asking anew", async () => {
  const page = await openLive();
  let navigations = 0;
  page.on("framenavigated", () => ++navigations);
  const times: number[] = [];
  for (let round = 0; round < 5; ++round) {
    const user = newUser();
    await put(user, 4);
    const answered = performance.now();
    await row(page, `${user} puts 4 × Stoneware mug`).waitFor();
    times.push(performance.now() - answered);
  }
  assert.equal(navigations, 0);
  // The first one may have had to wait for the product's name.
  const median = times.sort((left, right) => left - right)[2]!;
  assert.ok(median < 1_000, `from the answer to the row: ${times.map(Math.round).join(", ")} ms`);
});

test("a row opens to what was before and after, with the differing fields marked", async () => {
  const page = await openLive();
  const user = newUser();
  await put(user, 2);
  await put(user, 5);
  const line = row(page, `${user} changes Stoneware mug from 2 to 5`);
  await line.focus();
  await page.keyboard.press("Enter");
  const table = page.getByRole("region", { name: "Before and after" });
  const cells = await table.getByRole("row", { name: /^product_quantity/ }).getByRole("cell").allTextContents();
  assert.deepEqual(cells, ["2", "5"]);
  await table.getByRole("rowheader", { name: "product_quantity changed" }).waitFor();
  assert.equal(await table.getByRole("rowheader", { name: /changed/ }).count(), 1);
  assert.equal(await line.getAttribute("aria-expanded"), "true");
  // Who reads a row is not run away from, and misses nothing.
  await put(user, 6);
  await status(page).getByText("1 change came since").waitFor();
  await line.click();
  await row(page, `${user} changes Stoneware mug from 5 to 6`).waitFor();
});

test("filters are in the address, look into what was before, and let nothing else through", async () => {
  const [ada, ben] = [newUser(), newUser()];
  await put(ada, 1);
  await put(ben, 2);
  await put(ada, 3, other);
  const page = await openLive();
  await page.getByRole("textbox", { name: "User" }).fill(ada);
  await page.getByRole("textbox", { name: "User" }).press("Enter");
  await row(page, `${ada} puts 1 × Stoneware mug`).waitFor();
  await row(page, `${ada} puts 3 ×`).waitFor();
  assert.equal(await row(page, ben).count(), 0);

  await page.getByLabel("Table").selectOption("Items of carts");
  await page.getByRole("combobox", { name: "Product", exact: true }).fill("Stoneware mug");
  await page.getByRole("combobox", { name: "Product", exact: true }).press("Enter");
  await page.waitForURL((url) => url.searchParams.get("product_id") === mug && url.searchParams.get("table") === "cart_items");
  await until(async () => (await row(page, ada).count()) === 1, "the one change of the mug in this user's cart");
  await page.reload();
  await row(page, `${ada} puts 1 × Stoneware mug`).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "User" }).inputValue(), ada);
  await put(ben, 7);
  await put(ada, 8);
  await row(page, `${ada} changes Stoneware mug from 1 to 8`).waitFor();
  assert.equal(await row(page, ben).count(), 0);

  await page.getByRole("button", { name: "Clear filter" }).click();
  await row(page, `${ben} changes Stoneware mug from 2 to 7`).waitFor();
});

for (const filtered of [false, true])
  test(`pause and resume miss nothing${filtered ? " of what is filtered" : ""}`, async () => {
    const user = newUser();
    const page = await openLive(filtered ? `/dashboard?user_id=${user}` : "/dashboard");
    await put(user, 1);
    await row(page, `${user} puts 1 ×`).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    for (let quantity = 2; quantity <= 41; ++quantity) await put(user, quantity);
    await status(page).getByText("40 changes came since").waitFor();
    assert.equal(await row(page, `${user} changes`).count(), 0);
    await page.getByRole("button", { name: "Resume" }).click();
    await row(page, `${user} changes Stoneware mug from 40 to 41`).waitFor();
    await put(user, 42);
    await row(page, `${user} changes Stoneware mug from 41 to 42`).waitFor();
    const lines = await row(page, `${user} changes`).allTextContents();
    const quantities = lines.map((line) => Number(/ to (\d+)/.exec(line)?.[1]));
    assert.deepEqual(quantities, Array.from({ length: 41 }, (_, index) => 42 - index), "each once, newest first");
  });

test("a replay from the beginning shows what was there before the page, then goes on live", async () => {
  const page = await openLive();
  await page.getByLabel("Replay from").selectOption("The beginning");
  await page.getByLabel("Table").selectOption("Products");
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  // The sample catalogue was the first that happened.
  await row(page, /New product Stoneware mug/).waitFor();
  await status(page).getByText("The replay has come to now").or(status(page).getByText("behind now")).waitFor();
  assert.match(page.url(), /after=beginning/);
  await page.getByRole("button", { name: "Clear filter" }).click();
  const user = newUser();
  await put(user, 9);
  await row(page, `${user} puts 9 × Stoneware mug`).waitFor();
  await page.getByRole("button", { name: "Go to now" }).click();
  await page.waitForURL((url) => url.search === "");
});

test("a replay from a moment begins there", async () => {
  const [early, late] = [newUser(), newUser()];
  await put(early, 1);
  const after = Math.floor(Date.now() / 1000) + 1;
  await until(() => Date.now() >= after * 1000, "the next second");
  await put(late, 2);
  const page = await openLive();
  await page.getByLabel("Replay from").selectOption("A moment…");
  const local = await page.evaluate((time) => new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 19), after * 1000);
  await page.getByLabel("Moment", { exact: true }).fill(local);
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await page.getByRole("heading", { name: "Changes, replayed" }).waitFor();
  await row(page, `${late} puts 2 ×`).waitFor();
  assert.equal(await row(page, early).count(), 0);
});

test("a replay at a pace takes its time, and can be stopped on its way", async () => {
  const user = newUser();
  for (let quantity = 1; quantity <= 8; ++quantity) await put(user, quantity);
  const page = await openLive(`/dashboard?user_id=${user}&after=beginning&pace=1`);
  await row(page, `${user} opens a cart`).waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  const shown = await row(page, user).count();
  assert.ok(shown < 9, `${shown} changes at once`);
  await page.getByRole("button", { name: "Resume" }).click();
  await until(async () => (await row(page, user).count()) > shown, "the next step");
});

test("a point of the log that is kept no longer is said in words, with what to do", async () => {
  const short = await openShop("--changes-retention", "1s");
  const forgets = async () => {
    // The newest commit of all is always kept.
    await short.call("PUT", `/cart/${newUser()}/items/${mug}`, { quantity: 1 });
    return (await fetch(`${short.url}/changes?after=0&until=now`)).status === 410;
  };
  await until(forgets, "the log to forget");
  const page = await open(`${short.url}/dashboard?after=0`);
  await page.getByText("The log does not go back that far").waitFor();
  await page.getByRole("button", { name: "Replay from the oldest that is kept" }).click();
  await page.getByText("The log does not go back that far").waitFor({ state: "detached" });
});

test("the tail goes on after the server was killed and came back", async () => {
  const page = await openLive();
  const user = newUser();
  await put(user, 1);
  await row(page, `${user} puts 1 ×`).waitFor();
  await shop.kill();
  await page.getByText("The connection to the shop is gone; trying again.").first().waitFor();
  await shop.start();
  await put(user, 2);
  await row(page, `${user} changes Stoneware mug from 1 to 2`).waitFor();
  await page.getByText("Connected", { exact: true }).waitFor();
  assert.equal(await row(page, `${user} puts 1 ×`).count(), 1);
});

test("a tab that nobody looks at has no stream, and lacks nothing when it is looked at again", async () => {
  const page = await openLive();
  const streams = async () => Number(/^cartwheel_changes_streams_open (\d+)/m.exec(await (await fetch(`${shop.url}/metrics`)).text())?.[1]);
  await until(async () => (await streams()) === 1, "the page's stream");
  const show = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await show(true);
  await until(async () => (await streams()) === 0, "the stream to end");
  const user = newUser();
  await put(user, 3);
  assert.equal(await row(page, user).count(), 0);
  await show(false);
  await row(page, `${user} puts 3 × Stoneware mug`).waitFor();
});

test("figures and plots know what was before the page was opened", async () => {
  const user = newUser();
  await put(user, 2);
  await shop.call("POST", `/cart/${user}/checkout`);
  const page = await openLive();
  const figure = (name: string) => page.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");
  await until(async () => Number((await figure("Orders").textContent())?.replaceAll(",", "")) >= 1, "the order of before");
  assert.match((await figure("Revenue").textContent()) ?? "", /^\$\d/);
  await page.getByRole("figure", { name: "Orders a minute" }).getByText(/Orders: now \d+, highest [1-9]/).waitFor({ state: "attached" });
});

test("5,000 changes a second do not freeze the page; it samples, says so, and counts each", async () => {
  const page = await openLive();
  await until(async () => Number.isFinite(await counted(page)), "the count");
  const inLogBefore = (await changesInLog()) - (await counted(page));
  await page.evaluate(() => {
    const gaps: number[] = [];
    let last = performance.now();
    const frame = (now: number) => {
      gaps.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(window, { gaps });
  });
  const load = simulate("--shoppers", "100", "--duration", "8s", "--pace", "0", "--rate", "9000");
  await status(page).getByText(/Showing 1 of \d{2,}/).waitFor();
  const clicked = performance.now();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  const took = performance.now() - clicked;
  assert.equal(await load.done, 0);

  const expected = (await changesInLog()) - inLogBefore;
  await until(async () => (await counted(page)) === expected, `the count to be ${expected}`);
  const gaps = (await page.evaluate("gaps")) as number[];
  const longest = Math.max(...gaps);
  assert.ok(expected > 20_000, `only ${expected} changes were made`);
  assert.ok(took < 2_000, `two clicks took ${Math.round(took)} ms`);
  assert.ok(longest < 1_000, `the longest frame took ${Math.round(longest)} ms`);
  assert.ok((await page.getByRole("list", { name: "Changes, newest first" }).getByRole("listitem").count()) <= 200);
});

test("a page that cannot keep up goes on from now, says how much it left out, and counts that too", async () => {
  const page = await openLive();
  await until(async () => Number.isFinite(await counted(page)), "the count");
  const inLogBefore = (await changesInLog()) - (await counted(page));
  // Something else takes nearly all of the page's time.
  await page.evaluate(() => {
    const burn = () => {
      for (const end = performance.now() + 1_500; performance.now() < end; );
    };
    Object.assign(window, { burning: setInterval(burn, 10) });
  });
  const load = simulate("--shoppers", "100", "--duration", "20s", "--pace", "0", "--rate", "12000");
  await page.getByText("More came than this page could take in").waitFor();
  await page.evaluate("clearInterval(burning)");
  load.end();
  await load.done;
  const expected = (await changesInLog()) - inLogBefore;
  await until(async () => (await counted(page)) === expected, `the count to be ${expected}`);
  const user = newUser();
  await put(user, 1);
  await row(page, `${user} puts 1 ×`).waitFor();
});

for (const { scheme, width } of appearances)
  test(`the view is usable by all, ${scheme}, ${width} wide, with a row open`, async () => {
    const page = await openLive("/dashboard", { colorScheme: scheme, viewport: { width, height: 800 }, bypassCSP: true });
    const user = newUser();
    await put(user, 2);
    await put(user, 3);
    await row(page, `${user} changes`).click();
    await page.getByRole("region", { name: "Before and after" }).waitFor();
    await assertUsable(page);
  });

test("the dashboard, photographed with shoppers about", async () => {
  const lively = await openShop();
  shop = lively;
  // For the documentation shoppers come and go for some minutes first, so that the plots have something to show.
  const isForDocumentation = process.env["CARTWHEEL_PHOTOS"] !== undefined;
  if (isForDocumentation)
    for (const shoppers of ["12", "30", "20"]) await simulate("--shoppers", shoppers, "--duration", "50s", "--pace", "700ms").done;
  const load = simulate("--shoppers", "24", "--duration", "60s", "--pace", "700ms");
  const page = await openLive("/dashboard", { viewport: { width: 1280, height: 960 } });
  await page.getByRole("figure", { name: "Orders a minute" }).getByText(/now [1-9]\d/).waitFor({ state: "attached" });
  await row(page, /orders \d+ products for/).first().waitFor();
  await photograph(page, "dashboard");
  load.end();
  await load.done;
});
