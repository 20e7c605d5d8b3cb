// Whether a page can be used by all: an axe (axe-core, which knows WCAG) finds nothing serious, and nothing is wider than its window.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import type { Page } from "playwright-core";

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

/** A page in which axe may be run: the policy of the pages lets no script of others in. */
export function openForAxe(url: string, { scheme, width }: (typeof appearances)[number]): Promise<Page> {
  return openPage(url, { colorScheme: scheme, viewport: { width, height: 800 }, bypassCSP: true });
}

/** The page as it is shown now; `view` says in a failure which that was. */
export async function assertUsable(page: Page, view = "the page"): Promise<void> {
  // Colours are read as they are in the end, not on the way.
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))));
  await page.addScriptTag({ content: axe });
  const { violations } = (await page.evaluate("axe.run()")) as { violations: Violation[] };
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    serious.map(({ id, help, nodes }) => `${view}: ${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`),
    [],
  );
  const overflow = await page.evaluate(() => {
    const inside = document.querySelector("dialog");
    return [document.documentElement, ...(inside ? [inside] : [])].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  });
  assert.ok(overflow.every((pixels) => pixels === 0), `${view} is wider than its window by ${overflow.join(" and ")} pixels`);
}
