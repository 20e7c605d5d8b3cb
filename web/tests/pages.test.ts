// What holds of every page: it loads, asks nobody else, and everybody can use it, in light and dark, wide and narrow.
import { before, test } from "node:test";

import { appearances, assertUsable, openForAxe } from "./axe";
import { openShop, type Shop } from "./support";

let shop: Shop;
before(async () => {
  shop = await openShop();
});

for (const path of ["/", "/start", "/dashboard/no-such-view"])
  for (const appearance of appearances)
    test(`${path} is usable by all, ${appearance.scheme}, ${appearance.width} wide`, async () => {
      const page = await openForAxe(shop.url + path, appearance);
      await page.locator("main").waitFor();
      await assertUsable(page);
      await page.close();
    });
