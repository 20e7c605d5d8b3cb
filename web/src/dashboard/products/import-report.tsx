// What a file would change, or has changed: the counts, and what is wrong with the rows that are not taken.
import { Notice } from "../../ui/notice";
import type { Outcome } from "./import";

const counts = new Intl.NumberFormat("en");

export function ImportReportView({ outcome, isDryRun, fileName }: { outcome: Outcome; isDryRun: boolean; fileName: string }) {
  const figures = [
    { name: "New", count: outcome.created, kind: "good" },
    { name: "Replaced", count: outcome.replaced, kind: "info" },
    { name: "Unchanged", count: outcome.unchanged, kind: "quiet" },
    { name: "Rejected", count: outcome.rejected, kind: "error" },
  ];
  return (
    <div class="stack">
      <p role="status">
        {isDryRun
          ? `${counts.format(outcome.rows)} ${outcome.rows === 1 ? "row" : "rows"} looked at. Nothing is changed yet.`
          : `Done: ${counts.format(outcome.created + outcome.replaced)} ${outcome.created + outcome.replaced === 1 ? "product" : "products"} imported.`}
      </p>
      <dl class="products-figures">
        {figures.map(({ name, count, kind }) => (
          <div key={name} class={count > 0 ? `products-figure-${kind}` : ""}>
            <dt>{name}</dt>
            <dd>{counts.format(count)}</dd>
          </div>
        ))}
      </dl>
      {outcome.areRejectsCut && <Notice kind="warning">More rows are rejected than fit into the download; mend these first and import the file again.</Notice>}
      {outcome.rejected > 0 && <Reasons outcome={outcome} fileName={fileName} />}
    </div>
  );
}

function Reasons({ outcome, fileName }: { outcome: Outcome; fileName: string }) {
  return (
    <div class="scroll products-reasons" tabIndex={0} role="region" aria-label="Why rows are rejected">
      <table>
        <caption class="spoken">Why rows of {fileName} are rejected</caption>
        <thead>
          <tr>
            <th scope="col" class="number">
              Line
            </th>
            <th scope="col">Where</th>
            <th scope="col">What is wrong</th>
            <th scope="col">What stands there</th>
          </tr>
        </thead>
        <tbody>
          {outcome.reasons.map(({ line, column, value, reason }, index) => (
            <tr key={index}>
              <td class="number">{counts.format(line)}</td>
              <td>{column || "row"}</td>
              <td class="products-reason">{reason}</td>
              <td class="mono products-value">{value === "" ? <span class="quiet">nothing</span> : value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {outcome.reasons.length === 100 && <p class="quiet products-more">The first 100 reasons; the download has all.</p>}
    </div>
  );
}
