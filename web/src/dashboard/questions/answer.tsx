// The answer of a statement: as a table that sorts and turns pages, as a plot where one can be made, and as a file.
import { useMemo, useState } from "preact/hooks";

import type { Answer, Cell } from "../../lib/api";
import { csvRow } from "../../lib/csv";
import { offerDownload } from "../../lib/download";
import { compareCells, fileCells, showCell } from "./cells";
import { AnswerPlot, plottable } from "./plot";

const pageRows = 100;
const counts = new Intl.NumberFormat("en");

export function AnswerView({ answer, name, shape, onShape }: { answer: Answer; name: string; shape: "table" | "plot"; onShape: (shape: "table" | "plot") => void }) {
  const plot = useMemo(() => plottable(answer), [answer]);
  const shown = plot ? shape : "table";
  const rows = answer.rows.length;
  return (
    <section class="card stack" aria-labelledby="answer-title">
      <header class="row questions-answer-head">
        <div class="grow">
          <h2 id="answer-title">{name}</h2>
          <p class="quiet" role="status">
            {rows === 0 ? "No rows" : rows === 1 ? "1 row" : `${counts.format(rows)} rows`}, in {answer.took_ms < 10 ? answer.took_ms.toFixed(1) : Math.round(answer.took_ms)} ms
          </p>
        </div>
        {plot && (
          <div class="questions-shapes" role="group" aria-label="Show the answer as">
            {(["table", "plot"] as const).map((one) => (
              <button key={one} type="button" aria-pressed={shown === one} onClick={() => onShape(one)}>
                {one === "table" ? "Table" : "Plot"}
              </button>
            ))}
          </div>
        )}
        <button type="button" disabled={rows === 0} onClick={() => download(answer)}>
          Download CSV
        </button>
      </header>
      {answer.truncated && (
        <p class="notice notice-warning">
          There are more rows than are answered at once: these are the first {counts.format(rows)}. Narrow the statement with WHERE, or count and sum instead.
        </p>
      )}
      {shown === "plot" && plot ? <AnswerPlot answer={answer} columns={plot} /> : rows > 0 && <AnswerTable answer={answer} />}
    </section>
  );
}

function download(answer: Answer): void {
  offerDownload("answer.csv", new Blob([csvRow(fileCells(answer.columns)), ...answer.rows.map((row) => csvRow(fileCells(row)))], { type: "text/csv" }));
}

function AnswerTable({ answer }: { answer: Answer }) {
  const [order, setOrder] = useState<{ column: number; isDown: boolean }>();
  const [from, setFrom] = useState(0);
  const sorted = useMemo(() => {
    if (!order) return answer.rows;
    const { column, isDown } = order;
    return [...answer.rows].sort((a, b) => compareCells(a[column] ?? null, b[column] ?? null) * (isDown ? -1 : 1));
  }, [answer, order]);
  const first = Math.min(from, Math.max(0, sorted.length - 1));
  const last = Math.min(first + pageRows, sorted.length);
  const sort = (column: number) => {
    setFrom(0);
    setOrder((before) => (before?.column !== column ? { column, isDown: false } : before.isDown ? undefined : { column, isDown: true }));
  };
  return (
    <>
      <div class="scroll questions-table" tabIndex={0} role="region" aria-label="Rows of the answer">
        <table>
          <thead>
            <tr>
              {answer.columns.map((column, index) => {
                const direction = order?.column === index ? (order.isDown ? "descending" : "ascending") : undefined;
                return (
                  <th key={index} scope="col" aria-sort={direction} class={isNumeric(answer, index) ? "number" : ""}>
                    <button type="button" class="questions-sort" onClick={() => sort(index)}>
                      {column}
                      {direction && <span aria-hidden="true">{direction === "ascending" ? "↑" : "↓"}</span>}
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(first, last).map((row, index) => (
              <tr key={first + index}>
                {row.map((cell, column) => (
                  <td key={column} class={typeof cell === "number" ? "number" : ""}>
                    <CellView cell={cell} column={answer.columns[column] ?? ""} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > pageRows && (
        <div class="row">
          <button type="button" disabled={first === 0} onClick={() => setFrom(Math.max(0, first - pageRows))}>
            Rows before
          </button>
          <button type="button" disabled={last === sorted.length} onClick={() => setFrom(first + pageRows)}>
            Rows after
          </button>
          <span class="quiet">
            Rows {counts.format(first + 1)} to {counts.format(last)} of {counts.format(sorted.length)}
          </span>
        </div>
      )}
    </>
  );
}

function isNumeric(answer: Answer, column: number): boolean {
  return typeof answer.rows.find((row) => row[column] !== null)?.[column] === "number";
}

function CellView({ cell, column }: { cell: Cell; column: string }) {
  if (cell === null) return <span class="quiet">none</span>;
  if (column === "user_id" && typeof cell === "string") return <a href={`/dashboard/carts?user=${encodeURIComponent(cell)}`}>{cell}</a>;
  const isId = typeof cell === "string" && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(cell);
  return <span class={isId ? "mono questions-id" : "questions-cell"}>{showCell(cell, column)}</span>;
}
