// An answer as a plot, where it has something to name its rows by and numbers beside it.
import { useState } from "preact/hooks";

import type { Answer, Cell } from "../../lib/api";
import { Plot } from "../plot";
import { isMoneyColumn, showCell } from "./cells";

const categoriesMax = 40;
const timesMax = 5_000;
const looksLikeId = /^[0-9a-f]{8}-[0-9a-f]{4}-/;
const looksLikeTime = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/;

export interface Plottable {
  label: number;
  numbers: number[];
  isTime: boolean;
}

/** Which columns make a plot; nothing when none do. */
export function plottable({ columns, rows }: Answer): Plottable | undefined {
  if (rows.length === 0) return undefined;
  const all = (column: number, holds: (cell: Cell) => boolean) => rows.every((row) => row[column] === null || holds(row[column] ?? null)) && rows.some((row) => row[column] !== null);
  const indexes = columns.map((_, index) => index);
  const numbers = indexes.filter((index) => all(index, (cell) => typeof cell === "number"));
  const labels = indexes.filter((index) => all(index, (cell) => typeof cell === "string" && !looksLikeId.test(cell)));
  const label = labels[0];
  if (label === undefined || numbers.length === 0) return undefined;
  return { label, numbers, isTime: rows.every((row) => looksLikeTime.test(String(row[label]))) };
}

function timeOf(cell: Cell): number {
  const text = String(cell).replace(" ", "T");
  return Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text.slice(0, 23)}Z`);
}

export function AnswerPlot({ answer, columns }: { answer: Answer; columns: Plottable }) {
  const [chosen, setChosen] = useState(columns.numbers[0]!);
  const number = columns.numbers.includes(chosen) ? chosen : columns.numbers[0]!;
  const name = answer.columns[number]!;
  const rows = columns.isTime ? [...answer.rows].sort((a, b) => timeOf(a[columns.label]!) - timeOf(b[columns.label]!)).slice(-timesMax) : answer.rows.slice(0, categoriesMax);
  const values = rows.map((row) => row[number] as number | null);
  const along = columns.isTime ? { times: rows.map((row) => timeOf(row[columns.label]!)) } : { categories: rows.map((row) => String(row[columns.label] ?? "none")) };
  return (
    <div class="stack">
      {columns.numbers.length > 1 && (
        <label class="questions-choice">
          Plot of
          <select value={number} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
            {columns.numbers.map((index) => (
              <option key={index} value={index}>
                {answer.columns[index]}
              </option>
            ))}
          </select>
        </label>
      )}
      <Plot
        // A plot of the other kind has other axes.
        key={`${number} ${columns.isTime}`}
        name={`${name} by ${answer.columns[columns.label]}`}
        {...along}
        series={[{ name, values }]}
        kind="bars"
        show={(value) => showCell(value, name)}
        whole={!isMoneyColumn(name) && values.every((value) => Number.isInteger(value))}
        height={280}
      />
      {rows.length < answer.rows.length && (
        <p class="quiet">
          The plot shows {columns.isTime ? "the newest" : "the first"} {rows.length} of {answer.rows.length} rows; the table has all.
        </p>
      )}
    </div>
  );
}
