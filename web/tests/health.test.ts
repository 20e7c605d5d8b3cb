// The dashboard's health view: what the server does is in the figures, and a server that is away is said to be away until it comes back.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { afterEach, before, test } from "node:test";

import type { BrowserContextOptions, Locator, Page } from "playwright-core";

import { appearances, assertUsable } from "./axe";
import { binary, openPage, openShop, photograph, type Shop, until } from "./support";

const mug = "26555f22-023f-464c-b38b-e36a29e1e37c";
let shop: Shop;
before(async () => {
  shop = await openShop();
});

const pages: Page[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
});

async function openHealth(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await openPage(`${shop.url}/dashboard/health`, options);
  pages.push(page);
  await page.getByRole("heading", { name: "Kafka sink" }).waitFor();
  return page;
}

const figure = (page: Page, name: string): Locator => page.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");

async function numberIn(place: Locator): Promise<number> {
  return Number.parseFloat(((await place.textContent()) ?? "").replaceAll(",", ""));
}

function simulate(...flags: string[]): { done: Promise<number | null>; end(): void } {
  const running = spawn(binary, ["simulate", "--server", shop.url, ...flags], { stdio: "ignore" });
  return { done: new Promise((done) => running.once("exit", done)), end: () => running.kill("SIGINT") };
}

test("it says what the server is and that it is ready", async () => {
  const page = await openHealth();
  const { version } = await shop.get<{ version: string }>("/info");
  await page.getByText("The server answers and its store takes writes.").waitFor();
  assert.equal(await figure(page, "Version").textContent(), version);
  assert.equal(await figure(page, "Engine").textContent(), "rocks");
  assert.equal(await figure(page, "Changes kept").textContent(), "24 hours");
  assert.match((await figure(page, "Up for").textContent()) ?? "", /^\d+ seconds?$/);
  assert.match((await figure(page, "Memory").textContent()) ?? "", /^\d[\d.]* MB$/);
  await page.getByText("Not set up: start the server with --kafka-brokers").waitFor();
});

test("requests, latencies and commits of what is done are there, by route", async () => {
  const page = await openHealth();
  for (let quantity = 1; quantity <= 20; ++quantity) await shop.call("PUT", `/cart/ada/items/${mug}`, { quantity });
  await shop.get(`/products/${mug}`);
  await fetch(`${shop.url}/products/00000000-0000-4000-8000-000000000000`);
  const route = page.getByRole("row").filter({ hasText: "PUT" }).filter({ hasText: "/cart/{user_id}/items/{product_id}" });
  await route.waitFor();
  // Route, a second, 2xx, 3xx, 4xx, 5xx, p50, p90, p99.
  await until(async () => (await numberIn(route.getByRole("cell").nth(0))) > 0, "the puts a second");
  const cells = await route.getByRole("cell").allTextContents();
  assert.ok(Number(cells[1]) > 0, `no 2xx: ${cells.join(" | ")}`);
  for (const latency of cells.slice(5)) assert.match(latency, /^[\d.]+ (µs|ms|s)$/);
  const refused = page.getByRole("row").filter({ hasText: "/products/{product_id}" });
  await until(async () => (await numberIn(refused.getByRole("cell").nth(3))) > 0, "the 404 in the class 4xx");

  assert.ok((await numberIn(figure(page, "Commits a second"))) > 0);
  assert.ok((await numberIn(figure(page, "Commits in a batch"))) >= 1);
  const metrics = await (await fetch(`${shop.url}/metrics`)).text();
  const commits = Number(/^cartwheel_store_commits_total (\d+)/m.exec(metrics)?.[1]);
  await until(async () => (await numberIn(figure(page, "Commits in all"))) === commits, `${commits} commits`);
  await page.getByRole("figure", { name: "Commits a second" }).getByText(/highest [1-9]/).waitFor({ state: "attached" });
});

test("followers and their streams are counted", async () => {
  const ended = new AbortController();
  const stream = await fetch(`${shop.url}/changes`, { signal: ended.signal });
  assert.equal(stream.status, 200);
  const page = await openHealth();
  await until(async () => (await numberIn(figure(page, "Open streams"))) === 1, "the stream");
  assert.equal(await figure(page, "Lag").textContent(), "0 commits");
  ended.abort();
  await until(async () => (await numberIn(figure(page, "Open streams"))) === 0, "the stream to be gone");
});

test("a server that is away is said to be, and comes back by itself", async () => {
  const page = await openHealth();
  await shop.kill();
  const alert = page.getByRole("alert");
  await alert.getByText("The server is away").waitFor();
  assert.match((await alert.textContent()) ?? "", /the figures below are of \d\d:\d\d:\d\d/);
  await shop.start();
  await page.getByText("The server answers and its store takes writes.").waitFor();
  assert.equal(await alert.count(), 0);
  await page.getByText("Started anew at").waitFor();
});

for (const { scheme, width } of appearances)
  test(`the view is usable by all, ${scheme}, ${width} wide`, async () => {
    const page = await openHealth({ colorScheme: scheme, viewport: { width, height: 800 }, bypassCSP: true });
    await assertUsable(page);
  });

test("the health view, photographed with shoppers about", async () => {
  const load = simulate("--shoppers", "40", "--duration", "120s", "--pace", "20ms");
  const page = await openHealth({ viewport: { width: 1280, height: 1100 } });
  const isForDocumentation = process.env["CARTWHEEL_PHOTOS"] !== undefined;
  const since = Date.now();
  await until(async () => (await numberIn(figure(page, "Requests a second"))) > 100 && (Date.now() - since > 25_000 || !isForDocumentation), "a lively half minute");
  await photograph(page, "health");
  load.end();
  await load.done;
});
