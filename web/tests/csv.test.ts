// The pages cut CSV files where the server sees records end: whatever the bytes, the parts together are the file.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { type CsvRecord, csvRow, isBlank, recordBytesMax, RecordSplitter } from "../src/lib/csv";
import { openShop, type Shop } from "./support";

const header = "id,img,name,price\n";

let shop: Shop;
before(async () => {
  shop = await openShop("--store", "memory");
});

/** Cut into pieces of `size` bytes, as a network or a disk gives them. */
function split(text: string | Uint8Array, size = 1 << 20): CsvRecord[] {
  const bytes = Buffer.from(text);
  const splitter = new RecordSplitter();
  const records: CsvRecord[] = [];
  for (let from = 0; from < bytes.length; from += size) records.push(...splitter.push(bytes.subarray(from, from + size)));
  return [...records, ...splitter.finish()];
}

const textsOf = (records: CsvRecord[]) => records.map(({ bytes }) => Buffer.from(bytes).toString());

interface Report {
  rows: number;
  errors: { line: number; reason: string }[];
}

async function sent(body: string): Promise<Report> {
  const answer = await fetch(`${shop.url}/products/import?dry_run=true&errors=20000`, { method: "POST", body, headers: { "Content-Type": "text/csv" } });
  assert.equal(answer.status, 200);
  return (await answer.json()) as Report;
}

for (const size of [1, 2, 7, 1_000])
  test(`records end at line ends outside of quotes, from pieces of ${size} bytes`, () => {
    const records = ["a,b\r\n", '"x\ny","say ""hi"""\n', "\n", '"ü, ☕",2\r\n', "last"];
    const cut = split(`\ufeff${records.join("")}`, size);
    assert.deepEqual(textsOf(cut), records);
    assert.deepEqual(
      cut.map(({ line }) => line),
      [1, 2, 4, 5, 6],
    );
    assert.deepEqual(cut.filter(isBlank).length, 1);
    assert.equal(cut[0]?.begin, 3);
    for (let i = 1; i < cut.length; ++i) assert.equal(cut[i]!.begin, cut[i - 1]!.end);
  });

test("a quote that is never closed costs its own line alone", () => {
  assert.deepEqual(textsOf(split('a,"b\nc,d\ne,f\n', 3)), ['a,"b\n', "c,d\n", "e,f\n"]);
});

test("of a line beyond the limit its beginning is kept, and the next record begins behind it", () => {
  const long = "x".repeat(3 * recordBytesMax);
  for (const size of [1_000, 1 << 20]) {
    const cut = split(`a\n${long}\nb\n`, size);
    assert.deepEqual(
      cut.map(({ bytes, line, begin, end }) => [bytes.length, line, begin, end]),
      [
        [2, 1, 0, 2],
        [recordBytesMax + 1, 2, 2, 3 + long.length],
        [2, 3, 3 + long.length, 5 + long.length],
      ],
    );
  }
});

test("whatever a file holds, its parts are told the same as the whole", async () => {
  // Figures of a fixed sequence, so that a failure comes again.
  let seed = 7;
  const below = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
  const tokens = ["a", ",", '"', "\n", "\r\n", "\r", "b,c", '"",', '"\n', "☕"];
  for (let round = 0; round < 60; ++round) {
    const body = Array.from({ length: 10 + below(60) }, () => tokens[below(tokens.length)]).join("");
    const whole = await sent(header + body);
    const records = split(body, 1 + below(20));
    const together: Report = { rows: 0, errors: [] };
    for (let from = 0; from < records.length; ) {
      const part = records.slice(from, (from += 1 + below(4)));
      const report = await sent(header + textsOf(part).join(""));
      together.rows += report.rows;
      together.errors.push(...report.errors.map(({ line, reason }) => ({ line: line + part[0]!.line - 1, reason })));
    }
    const told = ({ rows, errors }: Report) => ({ rows, errors: errors.map(({ line, reason }) => `${line}: ${reason}`) });
    assert.deepEqual(told(together), told(whole), JSON.stringify(body));
    assert.equal(textsOf(records).join(""), body);
  }
});

test("a line beyond the limit is refused cut short as it is whole", async () => {
  for (const start of ["x", '"x\ny', '"']) {
    const body = `${start}${"x".repeat(2 * recordBytesMax)}\na,b\n`;
    const told = ({ rows, errors }: Report) => ({ rows, errors: errors.map(({ line, reason }) => `${line}: ${reason}`) });
    assert.deepEqual(told(await sent(header + textsOf(split(body)).join(""))), told(await sent(header + body)));
  }
});

test("a cell that needs quotes has them", () => {
  assert.equal(csvRow(["a", 'say "b"', "c,d", "e\nf", null, 1.5]), 'a,"say ""b""","c,d","e\nf",,1.5\n');
});
