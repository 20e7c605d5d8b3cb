// How long each page takes to load in a real browser, from the address to what it is about: `make bench-pages`. Prints a table; no test.
import { openProfile, openShop, type Shop } from "./support";

const rounds = 15;
const pages = [
  { path: "/shop", what: ".product-card img" },
  { path: "/shop/orders", what: "main h1" },
  { path: "/dashboard", what: "main canvas" },
  { path: "/dashboard/questions", what: "main textarea" },
  { path: "/dashboard/carts", what: "main h1" },
  { path: "/dashboard/products", what: "main table tbody tr" },
  { path: "/dashboard/health", what: "main .figure, main dl, main h1" },
];

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const show = (values: number[]) => `${middle(values).toFixed(0)} ms, at most ${Math.max(...values).toFixed(0)}`;

async function main(): Promise<void> {
  const shop = await openShop();
  try {
    await measure(shop);
  } finally {
    await shop.stop();
  }
}

async function measure(shop: Shop): Promise<void> {
  console.log("| page | first paint, nothing cached | loaded, nothing cached | first paint again | loaded again | what it is about is there, again |");
  console.log("|---|---|---|---|---|---|");
  for (const { path, what } of pages) {
    const cold = { paint: [] as number[], loaded: [] as number[] };
    const warm = { paint: [] as number[], loaded: [] as number[], there: [] as number[] };
    for (let round = 0; round < rounds; ++round) {
      const profile = await openProfile();
      for (const figures of [cold, warm]) {
        const page = await profile.newPage();
        const begun = performance.now();
        await page.goto(shop.url + path);
        await page.locator(what).first().waitFor();
        if (figures === warm) warm.there.push(performance.now() - begun);
        const [paint, loaded] = (await page.evaluate(`[
          performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
          performance.getEntriesByType("navigation")[0].loadEventEnd]`)) as [number, number];
        figures.paint.push(paint);
        figures.loaded.push(loaded);
        await page.close();
      }
      await profile.close();
    }
    console.log(`| \`${path}\` | ${show(cold.paint)} | ${show(cold.loaded)} | ${show(warm.paint)} | ${show(warm.loaded)} | ${show(warm.there)} |`);
  }
}

void main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
