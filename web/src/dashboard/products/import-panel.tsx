// Products from a CSV file: dropped or chosen, looked at first without changing anything, and imported when somebody says so.
import { useEffect, useRef, useState } from "preact/hooks";

import { messageOf, ShopError } from "../../lib/api";
import { offerDownload } from "../../lib/download";
import { Notice } from "../../ui/notice";
import { columnNames, type Outcome, sendFile } from "./import";
import { ImportReportView } from "./import-report";

type Stage = "checking" | "checked" | "importing" | "imported" | "stopped" | "failed";

interface Work {
  file: File;
  stage: Stage;
  /** Whether it was the import itself that ended, and not the look before it. */
  wasReal: boolean;
  sofar: Outcome | undefined;
  message: string;
  /** Whether it is the header that the server does not understand. */
  isHeaderWrong: boolean;
  waiting: string;
}

const counts = new Intl.NumberFormat("en");
const sizes = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export function ImportPanel({ file, onFile, onImported }: { file: File | undefined; onFile: (file: File | undefined) => void; onImported: () => void }) {
  const [work, setWork] = useState<Work>();
  const [hasNoHeader, setNoHeader] = useState(false);
  const running = useRef<AbortController | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => () => running.current?.abort(), []);

  const send = async (chosen: File, isDryRun: boolean) => {
    running.current?.abort();
    const ended = new AbortController();
    running.current = ended;
    const change = (of: Partial<Work>) => running.current === ended && setWork((before) => before && { ...before, ...of });
    setWork({ file: chosen, stage: isDryRun ? "checking" : "importing", wasReal: !isDryRun, sofar: undefined, message: "", isHeaderWrong: false, waiting: "" });
    try {
      const outcome = await sendFile(chosen, {
        isDryRun,
        hasNoHeader,
        signal: ended.signal,
        onProgress: (sofar) => change({ sofar, waiting: "" }),
        onWait: (error, tries) => change({ waiting: `${error.message} The part is sent again until the shop takes it (try ${tries + 1}); nothing is done twice.` }),
      });
      change({ stage: isDryRun ? "checked" : "imported", sofar: outcome, waiting: "" });
    } catch (error) {
      change(ended.signal.aborted ? { stage: "stopped", waiting: "" } : { stage: "failed", message: messageOf(error), isHeaderWrong: isHeaderTrouble(error), waiting: "" });
    }
    if (!isDryRun) onImported();
    if (running.current === ended) title.current?.focus();
  };
  useEffect(() => {
    // A file that is dropped beside an import under way does not end it.
    if (work?.stage === "importing") return;
    if (file) void send(file, true);
    else {
      running.current?.abort();
      running.current = null;
      setWork(undefined);
    }
  }, [file, hasNoHeader]);

  const isBusy = work?.stage === "checking" || work?.stage === "importing";
  return (
    <section class="card stack products-import" aria-labelledby="import-title">
      <h2 id="import-title" ref={title} tabIndex={-1}>
        {work ? `Import ${work.file.name}` : "Import a CSV file"}
      </h2>
      {!isBusy && work?.stage !== "checked" && <DropPlace isAnother={work !== undefined} onFile={onFile} />}
      {work && (
        <>
          {isBusy && <ProgressView work={work} onStop={() => running.current?.abort()} />}
          {work.waiting && <Notice kind="warning">{work.waiting}</Notice>}
          {work.stage === "failed" && (
            <Notice kind="error">
              <p>{work.message}</p>
              {work.wasReal && <p>{sofarInWords(work)} Importing the whole file again does no harm.</p>}
            </Notice>
          )}
          {work.stage === "stopped" && <Notice kind="info">{work.wasReal ? `Stopped. ${sofarInWords(work)} Importing the whole file again does no harm.` : "Stopped. Nothing was changed."}</Notice>}
          {(work.stage === "checked" || work.stage === "imported") && work.sofar && <ImportReportView outcome={work.sofar} isDryRun={work.stage === "checked"} fileName={work.file.name} />}
          {work.stage === "checked" && work.sofar && <Decision work={work} outcome={work.sofar} onImport={() => void send(work.file, false)} onLeave={() => onFile(undefined)} />}
          {(work.stage === "imported" || work.stage === "stopped" || work.stage === "failed") && (
            <div class="row">
              <RejectsButtons outcome={work.sofar} fileName={work.file.name} />
              {work.stage !== "imported" && (
                <button type="button" onClick={() => void send(work.file, !work.wasReal)}>
                  {work.wasReal ? "Import it again" : "Look at it again"}
                </button>
              )}
            </div>
          )}
          {(work.isHeaderWrong || (hasNoHeader && work.stage === "checked")) && (
            <label class="products-no-header">
              <input type="checkbox" checked={hasNoHeader} onChange={(event) => setNoHeader(event.currentTarget.checked)} />
              <span>
                The first line is a product, not a header; the columns are <code>{columnNames}</code>
              </span>
            </label>
          )}
        </>
      )}
      {!work && (
        <p class="quiet">
          The first line names the columns <code>{columnNames}</code>, in any order. You see first what the file would change; nothing is imported before you say so.
        </p>
      )}
    </section>
  );
}

function isHeaderTrouble(error: unknown): boolean {
  return error instanceof ShopError && error.status === 422 && /header/.test(error.message);
}

function sofarInWords({ sofar }: Work): string {
  const stored = (sofar?.created ?? 0) + (sofar?.replaced ?? 0);
  return stored === 0 ? "Nothing was imported." : `${counts.format(stored)} products were imported before.`;
}

function DropPlace({ isAnother, onFile }: { isAnother: boolean; onFile: (file: File) => void }) {
  return (
    <label class="products-drop">
      <span>
        <strong>{isAnother ? "Another file" : "Choose a file"}</strong> <span class="quiet">or drop it anywhere on this page</span>
      </span>
      <input
        type="file"
        class="spoken"
        accept=".csv,text/csv"
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          // So that choosing the same file once more, after it was mended, is a choice again.
          event.currentTarget.value = "";
          if (chosen) onFile(chosen);
        }}
      />
    </label>
  );
}

function ProgressView({ work, onStop }: { work: Work; onStop: () => void }) {
  const done = work.sofar?.bytes ?? 0;
  return (
    <div class="stack products-progress">
      <label>
        {work.stage === "checking" ? "Looking at the file; nothing is changed" : "Importing"}
        <progress max={Math.max(1, work.file.size)} value={done} />
      </label>
      <div class="row">
        <span class="quiet grow">
          {counts.format(work.sofar?.rows ?? 0)} rows, {sizes.format(done / 1e6)} of {sizes.format(work.file.size / 1e6)} MB
        </span>
        <button type="button" onClick={onStop}>
          Stop
        </button>
      </div>
    </div>
  );
}

function Decision({ work, outcome, onImport, onLeave }: { work: Work; outcome: Outcome; onImport: () => void; onLeave: () => void }) {
  const products = outcome.created + outcome.replaced;
  return (
    <div class="row">
      <button type="button" class="primary" disabled={products === 0} onClick={onImport}>
        {products === 0 ? "Nothing to import" : `Import ${counts.format(products)} ${products === 1 ? "product" : "products"}`}
      </button>
      <RejectsButtons outcome={outcome} fileName={work.file.name} />
      <button type="button" onClick={onLeave}>
        {products === 0 ? "Close" : "Import nothing"}
      </button>
    </div>
  );
}

function RejectsButtons({ outcome, fileName }: { outcome: Outcome | undefined; fileName: string }) {
  if (!outcome || outcome.rejected === 0) return null;
  const stem = fileName.replace(/\.csv$/i, "");
  return (
    <>
      <button type="button" onClick={() => offerDownload(`${stem}.rejects.csv`, new Blob(outcome.rejects, { type: "text/csv" }))}>
        Download rejected rows
      </button>
      <button type="button" onClick={() => offerDownload(`${stem}.rejects.log`, new Blob(outcome.log, { type: "text/plain" }))}>
        Download reasons
      </button>
    </>
  );
}
