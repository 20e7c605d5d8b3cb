// Sends a CSV file of products to the server, part by part, and gathers what became of its rows. The file is read in pieces and cut where
// records end, so its size does not matter, every part has an answer of its own, and there is progress to show. Sending a part again does
// the same again, so a server that is away is asked until it is back.
import { call, type ImportReport, persist, type ShopError } from "../../lib/api";
import { type CsvRecord, isBlank, RecordSplitter, withLineEnd } from "../../lib/csv";

const partRecordsMax = 5_000;
const partBytesMax = 4 * 1024 * 1024;
const pieceBytes = 1024 * 1024;
const partTimeout = 120_000;
/** Of a part: each of its records may be wrong in each of its four fields. */
const partErrorsMax = 20_000;
const reasonsShownMax = 100;
/** Of rejected rows and of their reasons, each. */
const rejectBytesMax = 64 * 1024 * 1024;

export const columnNames = "id,img,name,price";

export interface Reason {
  /** In the whole file. */
  line: number;
  column: string;
  value: string;
  reason: string;
}

export interface Tally {
  rows: number;
  created: number;
  replaced: number;
  unchanged: number;
  rejected: number;
}

export interface Outcome extends Tally {
  /** Bytes of the file that are behind it. */
  bytes: number;
  /** The first of them. */
  reasons: Reason[];
  /** The header and the rejected rows as they stand in the file; and a line of text for each reason. */
  rejects: BlobPart[];
  log: BlobPart[];
  /** Whether there were more rejected rows than are kept for the download. */
  areRejectsCut: boolean;
}

export interface ImportOptions {
  isDryRun: boolean;
  /** The first row is one, and not the names of the columns. */
  hasNoHeader: boolean;
  signal: AbortSignal;
  onProgress(sofar: Outcome): void;
  /** The server is away or busy, and the part is sent again after a while. */
  onWait(error: ShopError, tries: number): void;
}

/** Throws a ShopError when the server refuses the file as such, and an AbortError when it is stopped; what was sent before is done. */
export async function sendFile(file: File, options: ImportOptions): Promise<Outcome> {
  const outcome: Outcome = { rows: 0, created: 0, replaced: 0, unchanged: 0, rejected: 0, bytes: 0, reasons: [], rejects: [], log: [], areRejectsCut: false };
  const rejects = new Rejects(file.name, outcome);
  let header: Uint8Array | undefined = options.hasNoHeader ? new TextEncoder().encode(`${columnNames}\n`) : undefined;
  let part: CsvRecord[] = [];
  let partBytes = 0;
  let isSent = false;

  const send = async () => {
    const report = await sendPart(header!, part, options);
    for (const name of ["rows", "created", "replaced", "unchanged", "rejected"] as const) outcome[name] += report[name];
    rejects.add(header!, part, report, file);
    outcome.bytes = part.at(-1)?.end ?? file.size;
    isSent = true;
    part = [];
    partBytes = 0;
    options.onProgress({ ...outcome });
  };
  const take = async (records: CsvRecord[]) => {
    for (const record of records) {
      if (!header) {
        if (!isBlank(record)) header = withLineEnd(record.bytes);
        continue;
      }
      part.push(record);
      partBytes += record.bytes.length;
      if (part.length >= partRecordsMax || partBytes >= partBytesMax) await send();
    }
  };

  const splitter = new RecordSplitter();
  for (let from = 0; from < file.size; from += pieceBytes) {
    const piece = await readPiece(file, from);
    if (options.signal.aborted) throw new DOMException("The import was stopped", "AbortError");
    await take(splitter.push(piece));
  }
  await take(splitter.finish());
  if (!header) throw new Error("The file is empty: not even a header is in it.");
  // A file without rows is sent too, so that the server looks at its header.
  if (part.length > 0 || !isSent) await send();
  outcome.bytes = file.size;
  return outcome;
}

async function readPiece(file: File, from: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(from, from + pieceBytes).arrayBuffer());
  } catch {
    throw new Error(`${file.name} can no longer be read: it was changed, moved or deleted since it was chosen. Choose it again.`);
  }
}

function sendPart(header: Uint8Array, part: CsvRecord[], options: ImportOptions): Promise<ImportReport> {
  // The header goes with each part: so the server takes no row for one, wherever the file is cut.
  const body = new Blob([header, ...part.map(({ bytes }) => bytes)] as BlobPart[]);
  const address = `/products/import?errors=${partErrorsMax}${options.isDryRun ? "&dry_run=true" : ""}`;
  const { signal } = options;
  return persist(() => call<ImportReport>("POST", address, { body, type: "text/csv", signal, timeout: partTimeout }), options.onWait, signal);
}

/** The rejected rows, to be mended and imported again; as the `import` command writes them. */
class Rejects {
  private bytes = 0;
  private logBytes = 0;

  constructor(
    private readonly name: string,
    private readonly outcome: Outcome,
  ) {}

  add(header: Uint8Array, part: CsvRecord[], report: ImportReport, file: File): void {
    if (report.errors.length === 0) return;
    const headerLines = header.reduce((lines, byte) => lines + (byte === 0x0a ? 1 : 0), 0);
    const firstLine = part[0]?.line ?? 1;
    const rows: Uint8Array[] = [];
    const words: string[] = [];
    let at = 0;
    let latest: CsvRecord | undefined;
    for (const error of report.errors) {
      const line = firstLine + error.line - 1 - headerLines;
      const reason = { line, column: error.column, value: error.value, reason: error.reason };
      if (this.outcome.reasons.length < reasonsShownMax) this.outcome.reasons.push(reason);
      words.push(inWords(this.name, reason));
      // The errors come in the order of their rows, several of one row one after the other.
      while (at + 1 < part.length && part[at + 1]!.line <= line) ++at;
      const record = part[at];
      if (record === undefined || record === latest) continue;
      latest = record;
      this.bytes += record.end - record.begin;
      if (this.bytes > rejectBytesMax) this.outcome.areRejectsCut = true;
      else if (record.end - record.begin > record.bytes.length) {
        // Only the beginning of a line beyond the limit is in memory; the rest is still in the file.
        keepRows(this.outcome, header, rows.splice(0));
        this.outcome.rejects.push(file.slice(record.begin, record.end), ...(record.bytes.at(-1) === 0x0a ? [] : ["\n"]));
      } else rows.push(withLineEnd(record.bytes));
    }
    keepRows(this.outcome, header, rows);
    const log = words.join("");
    this.logBytes += log.length;
    if (this.logBytes <= rejectBytesMax) this.outcome.log.push(new Blob([log]));
  }
}

/** As a blob: a browser keeps large ones on its disk. */
function keepRows(outcome: Outcome, header: Uint8Array, rows: Uint8Array[]): void {
  if (outcome.rejects.length === 0) outcome.rejects.push(new Blob([header] as BlobPart[]));
  if (rows.length > 0) outcome.rejects.push(new Blob(rows as BlobPart[]));
}

export function inWords(file: string, { line, column, value, reason }: Reason): string {
  return `${file} line ${line}${column === "" ? "" : `, ${column}`}: ${JSON.stringify(value)}: ${reason}\n`;
}
