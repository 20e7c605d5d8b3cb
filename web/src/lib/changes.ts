// Follows GET /changes (Server-Sent Events), from any point onward, over broken connections. Reads the stream itself instead of by an
// EventSource: events come a network read at a time, so thousands a second cost one call each read, and refusals have their reason.
import { createParser } from "eventsource-parser";

import { pause, ShopError } from "./api";

export type Table = "product" | "cart" | "cart_items" | "orders";
export type Row = Record<string, unknown>;

/** As Debezium writes it. */
export interface Change {
  /** Created, updated, deleted. Putting a product into a cart is always `c`. */
  op: "c" | "u" | "d";
  before: Row | null;
  after: Row | null;
  source: { table_name: Table; ts_ms: number; ts_us: number };
  /** When it was sent, by the server's clock; `source` has when it was made. */
  ts_ms: number;
  /** The same however often the change is delivered. */
  id: string;
  /** The cursor of its commit: going on after it gives what came later. */
  cursor: string;
}

export interface FollowOptions {
  /** `beginning`, `now`, or a cursor. Nothing: now. */
  after?: string;
  table?: Table;
  user_id?: string;
  product_id?: string;
  /** Ends at what is newest when it begins, and `onEnd` is called. */
  untilNow?: boolean;
  /** What one read of the network brought, in order. */
  onChanges(changes: Change[]): void;
  /** `open` when the server has answered; `away` with words when it cannot be reached, while it is tried again. */
  onState?(state: "open" | "away", message: string): void;
  onEnd?(): void;
  /** Refused for good: the cursor is kept no longer (410), or a filter is wrong. The following has ended. */
  onRefused?(error: ShopError): void;
}

/** Milliseconds of work after which the page gets its turn: reads that have arrived follow each other without one. */
const turn = 24;

/** Begins to follow; the function that is given back ends it. */
export function follow(options: FollowOptions): () => void {
  const ended = new AbortController();
  void run(options, ended.signal);
  return () => ended.abort();
}

async function run(options: FollowOptions, signal: AbortSignal): Promise<void> {
  let cursor = options.after;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const finished = await readStream(options, cursor, signal, (at) => {
        cursor = at;
        failures = 0;
      });
      if (signal.aborted) return;
      if (finished && options.untilNow) return options.onEnd?.();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ShopError && !error.isPassing) return options.onRefused?.(error);
      if (options.untilNow && cursor !== options.after) {
        // What is newest would be another now; what came so far is all there is to show.
        return options.onEnd?.();
      }
    }
    options.onState?.("away", "The connection to the shop is gone; trying again.");
    try {
      await pause(Math.min(250 * 2 ** failures++, 3_000), signal);
    } catch {
      return;
    }
  }
}

/** True when the server has ended the stream properly. */
async function readStream(options: FollowOptions, after: string | undefined, signal: AbortSignal, onCursor: (cursor: string) => void): Promise<boolean> {
  const query = new URLSearchParams();
  if (after !== undefined) query.set("after", after);
  if (options.untilNow) query.set("until", "now");
  for (const name of ["table", "user_id", "product_id"] as const) {
    const value = options[name];
    if (value) query.set(name, value);
  }
  const response = await fetch(`/changes?${query}`, { signal, headers: { Accept: "text/event-stream" } });
  if (!response.ok || !response.body) {
    const detail = (await response.json().catch(() => ({}))) as { detail?: unknown };
    throw new ShopError(response.status, typeof detail.detail === "string" ? detail.detail : `The shop answered ${response.status}`);
  }
  options.onState?.("open", "");
  let gathered: Change[] = [];
  const parser = createParser({
    onEvent(event) {
      const change = JSON.parse(event.data) as Change;
      change.cursor = event.id ?? "";
      gathered.push(change);
    },
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let worked = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) return true;
    const began = performance.now();
    parser.feed(value);
    if (gathered.length === 0) continue;
    const changes = gathered;
    gathered = [];
    onCursor(changes.at(-1)!.cursor);
    options.onChanges(changes);
    worked += performance.now() - began;
    if (worked < turn) continue;
    worked = 0;
    await new Promise((go) => setTimeout(go));
    if (signal.aborted) return false;
  }
}

/** The row that the change is about, as it is now or, when it is gone, as it was. */
export function rowOf(change: Change): Row {
  return change.after ?? change.before ?? {};
}
