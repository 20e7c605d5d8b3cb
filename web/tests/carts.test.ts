// The carts view: what became of a user's cart, step by step, agrees with what was done.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import type { Page } from "playwright-core";

import { openPage, openShop, photograph, type Shop, until } from "./support";
import { cellsOf } from "./views-support";
import { appearances, assertUsable, openForAxe } from "./axe";

const mug = "26555f22-023f-464c-b38b-e36a29e1e37c";
const skillet = "b3bda498-9985-479b-8801-45e9c4e5ac45";

let shop: Shop;
const put = (user: string, product: string, quantity: number) => shop.call("PUT", `/cart/${user}/items/${product}`, { quantity });

before(async () => {
  shop = await openShop();
  await put("ada", mug, 2);
  await put("ada", mug, 5);
  await put("ada", skillet, 1);
  await shop.call("DELETE", `/cart/ada/items/${skillet}`);
  await shop.call("POST", "/cart/ada/checkout");
  await put("ben", skillet, 3);
});

const open = async (user: string) => {
  const page = await openPage(`${shop.url}/dashboard/carts?user=${encodeURIComponent(user)}`);
  await page.getByRole("region", { name: "Step by step" }).waitFor();
  return page;
};
const title = (page: Page) => page.locator("#step-title");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const cart = (page: Page) => cellsOf(page.getByRole("region", { name: "The cart after this step" }).locator("tbody tr"));
const isAt = (page: Page, step: number, of: number) => page.getByText(`Step ${step} of ${of}`, { exact: true }).waitFor();

test("every step says what was done, and shows the cart as it was after it", async () => {
  const page = await open("ada");
  await isAt(page, 5, 5);
  await page.getByRole("heading", { name: "Ordered 5 pieces for $64.50" }).waitFor();
  await page.getByText("The cart is empty after this step").waitFor();
  await page.getByRole("region", { name: "Orders so far" }).getByText("Stoneware mug").waitFor();

  await button(page, "First").click();
  const steps = [
    { says: "Opened a cart, Put 2 × Stoneware mug", has: [["Stoneware mug", "new 2", "$25.80"]] },
    { says: "Changed Stoneware mug from 2 to 5", has: [["Stoneware mug", "2 → 5", "$64.50"]] },
    {
      says: "Put 1 × Cast-iron skillet, 26 cm",
      has: [
        ["Stoneware mug", "5", "$64.50"],
        ["Cast-iron skillet, 26 cm", "new 1", "$39.95"],
      ],
    },
    {
      says: "Took out 1 × Cast-iron skillet, 26 cm",
      has: [
        ["Stoneware mug", "5", "$64.50"],
        ["Cast-iron skillet, 26 cm", "1 → 0", "–"],
      ],
    },
  ];
  for (const [index, { says, has }] of steps.entries()) {
    await isAt(page, index + 1, 5);
    await page.getByRole("heading", { name: says, exact: true }).waitFor();
    assert.deepEqual(await cart(page), has);
    assert.equal(await page.getByRole("region", { name: "Orders so far" }).count(), 0);
    if (index === 2) {
      await page.getByText("$104.45").waitFor();
      await photograph(page, "carts");
    }
    await button(page, "Next").click();
  }
  await isAt(page, 5, 5);
  assert.equal(await button(page, "Next").isDisabled(), true);
});

test("the arrow keys, Home and End go through the steps", async () => {
  const page = await open("ada");
  await page.locator("main").focus();
  for (const [key, step] of [["ArrowLeft", 4], ["ArrowLeft", 3], ["Home", 1], ["ArrowLeft", 1], ["ArrowRight", 2], ["End", 5], ["ArrowRight", 5]] as const) {
    await page.keyboard.press(key);
    await isAt(page, step, 5);
  }
  const slider = page.getByRole("slider", { name: "Step" });
  await slider.press("Home");
  await isAt(page, 1, 5);
  assert.match((await slider.getAttribute("aria-valuetext")) ?? "", /^Step 1 of 5: Opened a cart, Put 2 × Stoneware mug$/);
  await slider.press("ArrowRight");
  await isAt(page, 2, 5);
  await page.getByRole("list", { name: "Steps" }).getByRole("button", { name: "Took out" }).click();
  await isAt(page, 4, 5);
});

test("it plays from the first step to the last, and pauses", async () => {
  const page = await openPage(`${shop.url}/dashboard/carts?user=ada`, { reducedMotion: "reduce" });
  await page.getByRole("region", { name: "Step by step" }).waitFor();
  await button(page, "Play").click();
  await isAt(page, 1, 5);
  await isAt(page, 2, 5);
  await button(page, "Pause").click();
  await button(page, "Play").click();
  await isAt(page, 5, 5);
  await button(page, "Play").waitFor();
});

test("what happens now is added while the newest step is shown, and leaves an older one shown where it is", async () => {
  const page = await open("ben");
  await isAt(page, 1, 1);
  await put("ben", skillet, 4);
  await isAt(page, 2, 2);
  await page.getByRole("heading", { name: "Changed Cast-iron skillet, 26 cm from 3 to 4" }).waitFor();
  await button(page, "First").click();
  await put("ben", mug, 1);
  await isAt(page, 1, 3);
});

test("a user is chosen by name, or among those who were active lately", async () => {
  await put("cleo", mug, 1);
  const page = await openPage(`${shop.url}/dashboard/carts`);
  await page.getByText("Nobody is chosen yet").waitFor();
  await page.getByRole("region", { name: "Whose cart?" }).getByRole("button", { name: "cleo" }).click();
  await page.getByRole("heading", { name: "The cart of cleo" }).waitFor();
  await page.getByLabel("User").fill("ada");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "The cart of ada" }).waitFor();
  assert.match(page.url(), /\?user=ada$/);
  await isAt(page, 5, 5);
});

test("of a user whom the log does not know nothing is invented, and the first step shows when it happens", async () => {
  const page = await openPage(`${shop.url}/dashboard/carts?user=${encodeURIComponent("new one & co")}`);
  await page.getByText("The log knows nothing of new one & co: changes are kept for 24 hours").waitFor();
  await put(encodeURIComponent("new one & co"), mug, 1);
  await isAt(page, 1, 1);
});

test("a product that is gone is still told of, without a price", async () => {
  const id = "0b5e6a52-35c1-4f0a-8f2b-1d6a4f6e9a01";
  await shop.call("PUT", `/products/${id}`, { id, name: "Passing thing", img: "", price: 3 });
  await put("dan", id, 2);
  await put("dan", mug, 1);
  await shop.call("DELETE", `/products/${id}`);
  const page = await open("dan");
  await page.getByText("without 1 that is gone").waitFor();
  assert.deepEqual(await cart(page), [
    ["P\nproduct 0b5e6a52 (gone)", "2", "–"],
    ["Stoneware mug", "new 1", "$12.90"],
  ]);
});

test("a cart that is older than the log is shown as it follows from what changed later", async () => {
  const old = await openShop("--changes-retention", "1s");
  const putOld = (product: string, quantity: number) => old.call("PUT", `/cart/eve/items/${product}`, { quantity });
  await putOld(mug, 2);
  await putOld(skillet, 1);
  const isForgotten = async () => {
    // The newest commit of all is always kept.
    await old.call("PUT", `/cart/somebody/items/${mug}`, { quantity: 1 });
    const answer = await fetch(`${old.url}/changes?after=beginning&until=now&user_id=eve`);
    return !(await answer.text()).includes("eve");
  };
  await until(isForgotten, "the log to be cut");
  await putOld(mug, 3);
  const page = await openPage(`${old.url}/dashboard/carts?user=eve`);
  await page.getByText("opened before the oldest change that is still kept (they are kept for 1 second)").waitFor();
  await isAt(page, 1, 1);
  assert.deepEqual((await cart(page)).sort(), [
    ["Cast-iron skillet, 26 cm", "1", "$39.95"],
    ["Stoneware mug", "2 → 3", "$38.70"],
  ]);
});

test("of a very long history the newest 10,000 steps are kept, and it says so", async () => {
  const busy = await openShop("--store", "memory");
  const clients = Array.from({ length: 16 }, async (_, client) => {
    for (let i = client; i < 10_050; i += 16) await busy.call("PUT", `/cart/zoe/items/${mug}`, { quantity: (i % 9) + 1 });
  });
  await Promise.all(clients);
  const page = await openPage(`${busy.url}/dashboard/carts?user=zoe`);
  await page.getByText("There are 10,050 steps; the newest 10,000 are kept here").waitFor();
  await page.getByText("Step 10,050 of 10,050").waitFor();
  const [line] = await busy.get<{ product_quantity: number }[]>("/cart/zoe");
  assert.match((await cart(page))[0]?.[1] ?? "", new RegExp(`${line?.product_quantity}$`));
  await button(page, "First").click();
  await page.getByText("Step 51 of 10,050").waitFor();
});

for (const appearance of appearances)
  test(`the view is usable by all, ${appearance.scheme}, ${appearance.width} wide`, async () => {
    const page = await openForAxe(`${shop.url}/dashboard/carts?user=ada`, appearance);
    await page.getByRole("region", { name: "Step by step" }).waitFor();
    await assertUsable(page);
    await button(page, "Previous").click();
    await button(page, "Previous").click();
    await isAt(page, 3, 5);
    await assertUsable(page);
    assert.notEqual(await title(page).innerText(), "");
  });
