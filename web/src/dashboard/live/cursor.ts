// Cursors: places in the log of changes. Where one process keeps the store they are the numbers of its commits; on a cluster they are
// microseconds since 1970. `17.2` is behind the second change of commit 17, `17` behind all of it.
import { type Info, shop, ShopError } from "../../lib/api";
import type { Change } from "../../lib/changes";
import { parseMetrics, valueOf } from "../../lib/prometheus";

/** Commits that a view shows as what was last when it is opened. */
export const recentCommits = 100;
/** How far back a filtered view looks for something to show. */
export const searchedCommits = 20_000;

const looksMax = 50;
const lookPatience = 5_000;

/** Below zero when `left` is before `right`. */
export function compareCursors(left: string, right: string): number {
  const [leftSeq, leftChange] = left.split(".");
  const [rightSeq, rightChange] = right.split(".");
  return Number(leftSeq) - Number(rightSeq) || Number(leftChange ?? Infinity) - Number(rightChange ?? Infinity) || 0;
}

/** A cursor or `undefined`. */
export function readCursor(text: string): string | undefined {
  // An event's own id, such as 17-2, is taken too.
  const [, seq, change] = /^(\d{1,19})(?:[.-](\d{1,9}))?$/.exec(text.trim()) ?? [];
  return seq === undefined ? undefined : change === undefined ? seq : `${seq}.${change}`;
}

/** The newest commit; on a cluster the microsecond now. */
export async function newestSeq(info: Info): Promise<number> {
  if (info.store === "cql") return Date.now() * 1000;
  return valueOf(parseMetrics(await shop.metrics()), "cartwheel_store_last_seq") ?? 0;
}

/** So many commits before what is newest; on a cluster the last two minutes. */
export function recentCursor(info: Info, newest: number, commits: number): string {
  return String(info.store === "cql" ? newest - 120e6 : Math.max(0, newest - commits));
}

/**
 * A cursor after which the changes of `time` (milliseconds since 1970, by the server's clock) and later come. Looks at the first change
 * behind some twenty cursors, halving the log each time. `beginning` when all that is kept is later.
 */
export async function cursorAt(info: Info, time: number, signal: AbortSignal): Promise<string> {
  if (info.store === "cql") return String(Math.max(0, Math.floor(time * 1000) - 1));
  const oldest = await firstAfter("beginning", signal);
  if (!oldest || oldest.source.ts_ms >= time) return "beginning";
  let before = Number(oldest.cursor.split(".")[0]);
  let from = (await newestSeq(info)) + 1;
  for (let looks = 0; from - before > 1 && looks < looksMax; ++looks) {
    const middle = Math.floor((before + from) / 2);
    const change = await firstAfter(String(middle - 1), signal);
    if (!change || change.source.ts_ms >= time) from = middle;
    else before = Math.max(middle, Number(change.cursor.split(".")[0]));
  }
  return String(from - 1);
}

/** Reads the first change behind the cursor and hangs up. */
async function firstAfter(after: string, signal: AbortSignal): Promise<Change | undefined> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(lookPatience)]);
  const response = await fetch(`/changes?after=${after}&until=now`, { signal: ended });
  // What was kept when the search began may be gone by now; then it is earlier than all that is asked for.
  if (response.status === 410) return { source: { ts_ms: 0 }, cursor: after } as Change;
  if (!response.ok || !response.body) throw new ShopError(response.status, `The log could not be searched: the shop answered ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += value ?? "";
      const found = /^id: (.+)\nevent: .*\ndata: (.*)\n/m.exec(text);
      if (found) return { ...(JSON.parse(found[2]!) as Change), cursor: found[1]! };
      if (done) return undefined;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
