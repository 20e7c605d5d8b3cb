// How a cell of an answer is written. Numbers stay as they are, because some are ids and times; sums of money have their two decimals.
import type { Cell } from "../../lib/api";

const money = new Set(["price", "unit_price", "total", "revenue", "value"]);

export function isMoneyColumn(name: string): boolean {
  return money.has(name.replace(/^(?:sum|avg|min|max|total)\((.*)\)$/, "$1"));
}

export function showCell(cell: Cell, column: string): string {
  if (cell === null) return "";
  return typeof cell === "number" && isMoneyColumn(column) ? cell.toFixed(2) : String(cell);
}

/**
 * A row for a file that is likely to be opened by a spreadsheet, which takes some texts for formulas and runs them; and users' names are
 * written by anybody. An apostrophe before such a text says that it is one (OWASP, CSV injection).
 */
export function fileCells(row: readonly Cell[]): Cell[] {
  return row.map((cell) => (typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell));
}

/** Numbers by their size, texts as a person sorts them, nothing at the end. */
export function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return texts.compare(String(a), String(b));
}

const texts = new Intl.Collator("en");
