// The statements that were run in this browser, newest first.
import { signal } from "@preact/signals";

import { keep, readKept } from "../../lib/kept";

const statementsMax = 50;
/** A longer one is run and not remembered: what a browser keeps for an origin is little. */
const statementCharactersMax = 4_000;
const name = "questions.history";

function readHistory(): string[] {
  const kept = readKept<unknown>(name, []);
  return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string").slice(0, statementsMax) : [];
}

export const history = signal<string[]>(readHistory());

export function remember(statement: string): void {
  if (statement.length > statementCharactersMax) return;
  // Another tab may have run something meanwhile.
  history.value = [statement, ...readHistory().filter((one) => one !== statement)].slice(0, statementsMax);
  keep(name, history.value);
}

export function forgetHistory(): void {
  history.value = [];
  keep(name, undefined);
}
