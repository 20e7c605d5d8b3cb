// CSV as RFC 4180 has it. Writing: a row from cells, ended by a line feed as the server's own export does. Reading: where records begin and
// end, in bytes that come in any pieces, so that a file of any size can be cut between two of them. What a record means is the server's
// business; it ends here exactly where it ends there, also when it is faulty: a quote that is never closed costs its own line and not the
// rest of the file.

export function csvRow(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map((cell) => csvField(cell === null ? "" : String(cell))).join(",")}\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export interface CsvRecord {
  /** As it stands in the file, with its line end; of a line beyond the limit its first bytes, which are refused like the whole. */
  bytes: Uint8Array;
  /** Where it begins in the file: the line, from 1, and the byte. */
  line: number;
  begin: number;
  /** The byte behind it. */
  end: number;
}

/** Bytes of a record that the server takes. */
export const recordBytesMax = 64 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const comma = 0x2c;

type State = "field start" | "unquoted" | "quoted" | "quote seen";

/** Feed it with push(), then finish(). It keeps one piece and one record at most. */
export class RecordSplitter {
  private buffer = new Uint8Array(0);
  /** Of the record at hand, and how far it was looked at; in the buffer. */
  private begin = 0;
  private at = 0;
  private state: State = "field start";
  /** Of the record at hand, in the file. */
  private offset = 0;
  private line = 1;
  private isMarkChecked = false;
  /** A line beyond the limit whose end has not come yet. */
  private longLine: CsvRecord | undefined;

  /** The records that end in what has come so far. */
  push(piece: Uint8Array): CsvRecord[] {
    const rest = this.buffer.subarray(this.begin);
    const joined = new Uint8Array(rest.length + piece.length);
    joined.set(rest);
    joined.set(piece, rest.length);
    this.at -= this.begin;
    this.begin = 0;
    this.buffer = joined;
    return this.take(false);
  }

  /** The records at the end, where nothing follows. */
  finish(): CsvRecord[] {
    return this.take(true);
  }

  private take(isLast: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    if (!this.skipMark(isLast)) return records;
    for (let record = this.next(isLast); record; record = this.next(isLast)) records.push(record);
    return records;
  }

  /** Steps over a byte-order mark. False: not enough has come to tell. */
  private skipMark(isLast: boolean): boolean {
    if (this.isMarkChecked) return true;
    const mark = [0xef, 0xbb, 0xbf];
    const isMark = mark.every((byte, index) => index >= this.buffer.length || this.buffer[index] === byte);
    if (isMark && this.buffer.length < mark.length && !isLast) return false;
    this.isMarkChecked = true;
    if (isMark && this.buffer.length >= mark.length) this.begin = this.at = this.offset = mark.length;
    return true;
  }

  private next(isLast: boolean): CsvRecord | undefined {
    if (this.longLine) return this.endLongLine(isLast);
    const stop = Math.min(this.buffer.length, this.begin + recordBytesMax);
    if (this.scan(stop)) return this.emit(this.at - this.begin);
    const bytes = stop - this.begin;
    if (bytes === recordBytesMax || (isLast && bytes > 0 && this.state === "quoted")) return this.emitFirstLine(bytes, isLast);
    return isLast && bytes > 0 ? this.emit(bytes) : undefined;
  }

  /** Goes on until the record's end (true) or `stop`. */
  private scan(stop: number): boolean {
    const { buffer } = this;
    let { at, state } = this;
    let isEnd = false;
    while (at < stop && !isEnd) {
      const byte = buffer[at++]!;
      if (state === "quoted") {
        if (byte === quote) state = "quote seen";
      } else if (byte === lineFeed) isEnd = true;
      else if (byte === comma) state = "field start";
      else if (byte === quote && state !== "unquoted") state = "quoted";
      // So does a carriage return: with a line feed behind it the record ends, and with anything else it is faulty.
      else state = "unquoted";
    }
    this.at = at;
    this.state = state;
    return isEnd;
  }

  private emit(bytes: number): CsvRecord {
    const raw = this.buffer.slice(this.begin, this.begin + bytes);
    const record = { bytes: raw, line: this.line, begin: this.offset, end: this.offset + bytes };
    for (const byte of raw) if (byte === lineFeed) ++this.line;
    this.step(bytes);
    return record;
  }

  /** The first line alone is the faulty record; what stands behind it begins anew. */
  private emitFirstLine(bytes: number, isLast: boolean): CsvRecord | undefined {
    const lineEnd = this.buffer.subarray(this.begin, this.begin + bytes).indexOf(lineFeed);
    if (lineEnd >= 0) return this.emit(lineEnd + 1);
    const record = this.emit(bytes);
    if (isLast && this.begin === this.buffer.length) return record;
    this.longLine = record;
    return this.endLongLine(isLast);
  }

  private endLongLine(isLast: boolean): CsvRecord | undefined {
    const lineEnd = this.buffer.indexOf(lineFeed, this.begin);
    this.step(lineEnd < 0 ? this.buffer.length - this.begin : lineEnd + 1 - this.begin);
    if (lineEnd < 0 && !isLast) return undefined;
    const { bytes, line, begin } = this.longLine!;
    this.longLine = undefined;
    if (lineEnd < 0) return { bytes, line, begin, end: this.offset };
    ++this.line;
    return { bytes: withLineEnd(bytes), line, begin, end: this.offset };
  }

  private step(bytes: number): void {
    this.begin += bytes;
    this.offset += bytes;
    this.at = this.begin;
    this.state = "field start";
  }
}

/** The same bytes, ended by a line feed if they were not. */
export function withLineEnd(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) === lineFeed) return bytes;
  const ended = new Uint8Array(bytes.length + 1);
  ended.set(bytes);
  ended[bytes.length] = lineFeed;
  return ended;
}

/** An empty line, which is no record. */
export function isBlank({ bytes }: CsvRecord): boolean {
  return bytes[0] === lineFeed || (bytes[0] === carriageReturn && bytes[1] === lineFeed);
}
