// What the tests of the dashboard's views share: the content of a download and of a table.
import { readFileSync } from "node:fs";

import type { Locator, Page } from "playwright-core";

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
