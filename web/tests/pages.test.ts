// What holds of every page: it loads, asks nobody else, and an axe finds nothing serious, in light and dark, wide and narrow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";

import { openPage, openShop, type Shop } from "./support";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
let shop: Shop;
before(async () => {
  shop = await openShop();
});

interface Violation {
  id: string;
  impact: string;
  help: string;
  nodes: { target: string[] }[];
}

for (const path of ["/", "/shop", "/dashboard"])
  for (const scheme of ["light", "dark"] as const)
    for (const width of [1280, 360])
      test(`${path} is usable by all, ${scheme}, ${width} wide`, async () => {
        const page = await openPage(shop.url + path, { colorScheme: scheme, viewport: { width, height: 800 }, bypassCSP: true });
        await page.locator("main").waitFor();
        await page.addScriptTag({ content: axe });
        const { violations } = (await page.evaluate("axe.run()")) as { violations: Violation[] };
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        assert.deepEqual(
          serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`),
          [],
        );
        const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert.equal(overflow, 0, "the page is wider than its window");
        await page.close();
      });
