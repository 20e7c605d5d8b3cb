// What the tests of the dashboard's views share: an axe over a page as it is, and the content of a download.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import type { Locator, Page } from "playwright-core";

import { openPage } from "./support";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  impact: string;
  help: string;
  nodes: { target: string[] }[];
}

/** The ways in which a page has to be usable. */
export const appearances = (["light", "dark"] as const).flatMap((scheme) => [1280, 360].map((width) => ({ scheme, width })));

/** A page in which axe may be run. */
export function openForAxe(url: string, { scheme, width }: (typeof appearances)[number]): Promise<Page> {
  return openPage(url, { colorScheme: scheme, viewport: { width, height: 800 }, bypassCSP: true });
}

/** Nothing serious is wrong with the page as it is shown now, and it is no wider than its window. */
export async function assertUsable(page: Page): Promise<void> {
  await page.addScriptTag({ content: axe });
  const { violations } = (await page.evaluate("axe.run()")) as { violations: Violation[] };
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`),
    [],
  );
  const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  assert.equal(overflow, 0, "the page is wider than its window");
}

/** What is downloaded when the button is pressed, with its name. */
export async function download(page: Page, button: Locator): Promise<{ name: string; bytes: Buffer }> {
  const begun = page.waitForEvent("download");
  await button.click();
  const file = await begun;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** The texts of a table's rows, cell by cell. */
export async function cellsOf(rows: Locator): Promise<string[][]> {
  return rows.evaluateAll((all) => all.map((row) => [...(row as HTMLTableRowElement).cells].map((cell) => cell.innerText.trim())));
}
