// The list of changes, newest first: which stream feeds it, what of it is shown, and where it stands. Follows the pulse while all that
// happens is wanted, and has a stream of its own for what is filtered, replayed, or caught up after a pause.
import { messageOf, ShopError } from "../../lib/api";
import type { Change, Table } from "../../lib/changes";
import { newestSeq, recentCursor, searchedCommits } from "./cursor";
import { followPaced } from "./paced";
import type { ProductNames } from "./names";
import type { Pulse, Skip } from "./pulse";
import { Sampler } from "./sampler";
import { userOf } from "./words";

export interface Filter {
  table?: Table;
  user_id?: string;
  product_id?: string;
}

/** Rows that a person scrolls through; older ones go. */
export const rowsMax = 200;

export interface TailRow {
  /** Of this page alone; an event may come twice. */
  key: number;
  change: Change;
  /** Changes between this row and the one before it that are not shown. */
  leftOut: number;
}

export class Tail {
  rows: TailRow[] = [];
  /** Changes that came since the list was begun, shown or not. */
  came = 0;
  isPaused = false;
  cameInPause = 0;
  skipped: Skip | undefined;
  /** Why there is nothing more to come. */
  refusal: ShopError | undefined;
  trouble = "";
  /** The newest change that was handed over. */
  last: Change | undefined;
  /** Whether it was begun somewhere in the past. */
  isReplay = false;
  readonly sampler: Sampler<Change>;

  private filter: Filter = {};
  private pace = 0;
  private cursor: string | undefined;
  private unfollow: (() => void) | undefined;
  private followsPulse = false;
  private keys = 0;
  private round = 0;
  private readonly unlisten: () => void;

  constructor(
    private readonly pulse: Pulse,
    private readonly names: ProductNames,
    private readonly onNews: () => void,
  ) {
    this.sampler = new Sampler(rowsMax, (shown) => this.show(shown));
    this.unlisten = pulse.listen({
      onChanges: (changes) => this.onPulse(changes),
      onSkip: (skip) => {
        if (this.followsPulse && !this.isPaused) this.skipped = skip;
        this.onNews();
      },
      onNews: () => {
        if (this.followsPulse && this.cursor === undefined) this.beginWithPulse();
        this.onNews();
      },
    });
  }

  end(): void {
    this.unlisten();
    this.stop();
    this.sampler.clear();
  }

  /** Begins anew: behind `after`, or with what is newest. */
  begin(filter: Filter, after: string | undefined, pace: number): void {
    this.stop();
    this.sampler.clear();
    Object.assign(this, { rows: [], came: 0, isPaused: false, cameInPause: 0, skipped: undefined, refusal: undefined, trouble: "", last: undefined });
    this.filter = filter;
    this.pace = pace;
    this.cursor = after;
    this.isReplay = after !== undefined;
    if (after !== undefined) this.followFrom(after);
    else if (this.isFiltered) void this.searchRecent();
    else this.beginWithPulse();
    this.onNews();
  }

  pause(): void {
    if (this.isPaused) return;
    this.sampler.flush();
    this.isPaused = true;
    this.cameInPause = 0;
    this.stop();
    this.onNews();
  }

  /** Goes on behind the last change that the list had. */
  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.cursor === undefined) this.beginWithPulse();
    else if (!this.joinPulse()) this.followFrom(this.cursor);
    this.onNews();
  }

  get isLive(): boolean {
    return !this.isPaused && (this.followsPulse || (this.last !== undefined && this.behind < 5_000));
  }

  /** Milliseconds that the list is behind now, while it runs through the past. */
  get behind(): number {
    return this.last ? this.pulse.behindOf(this.last) : 0;
  }

  get runsThroughPast(): boolean {
    return !this.followsPulse && !this.isPaused && this.isReplay;
  }

  private get isFiltered(): boolean {
    return Object.values(this.filter).some((value) => value !== undefined);
  }

  private beginWithPulse(): void {
    this.followsPulse = true;
    const latest = this.pulse.latest();
    if (!latest) return;
    this.cursor = latest.after;
    if (latest.changes.length === 0) return;
    this.last = latest.changes.at(-1)!;
    this.show(latest.changes.slice(-rowsMax).map((item) => ({ item, leftOut: 0 })));
  }

  private async searchRecent(): Promise<void> {
    const round = ++this.round;
    try {
      const after = recentCursor(this.pulse.info, await newestSeq(this.pulse.info), searchedCommits);
      if (round === this.round && !this.isPaused) this.followFrom(after);
    } catch (error) {
      if (round !== this.round) return;
      this.trouble = messageOf(error);
      this.onNews();
      setTimeout(() => round === this.round && void this.searchRecent(), 2_000);
    }
  }

  private followFrom(after: string): void {
    this.stop();
    this.cursor = after;
    this.unfollow = followPaced({
      ...this.filter,
      after,
      pace: this.pace,
      onChanges: (changes) => {
        this.take(changes);
        this.joinPulse();
      },
      onState: (_, message) => {
        this.trouble = message;
        this.onNews();
      },
      onRefused: (error) => {
        this.unfollow = undefined;
        // What a filter looked for in what was recent is not kept any more: what comes is.
        if (error.status === 410 && !this.isReplay) return this.followFrom("now");
        this.refusal = error;
        this.onNews();
      },
    });
  }

  /** Goes over to the pulse once that has all that is still to come. */
  private joinPulse(): boolean {
    if (this.isFiltered || this.cursor === undefined || !/^\d/.test(this.cursor)) return false;
    const rest = this.pulse.since(this.cursor);
    if (!rest || (this.pace > 0 && rest.length > this.pace)) return false;
    this.stop();
    this.followsPulse = true;
    if (rest.length > 0) this.take(rest);
    return true;
  }

  private stop(): void {
    ++this.round;
    this.unfollow?.();
    this.unfollow = undefined;
    this.followsPulse = false;
  }

  private onPulse(changes: readonly Change[]): void {
    if (this.isPaused) this.cameInPause += changes.filter((change) => this.lets(change)).length;
    else if (this.followsPulse) this.take(changes);
  }

  private lets(change: Change): boolean {
    const { table, user_id, product_id } = this.filter;
    if (table && change.source.table_name !== table) return false;
    if (user_id && userOf(change) !== user_id) return false;
    return !product_id || isAbout(change, product_id);
  }

  private take(changes: readonly Change[]): void {
    this.last = changes.at(-1)!;
    this.cursor = this.last.cursor;
    this.came += changes.length;
    this.sampler.take(changes);
  }

  private show(shown: { item: Change; leftOut: number }[]): void {
    const rows: TailRow[] = [];
    for (const { item, leftOut } of shown) {
      this.names.learn(item);
      rows.unshift({ key: ++this.keys, change: item, leftOut });
    }
    this.rows = [...rows, ...this.rows].slice(0, rowsMax);
    this.onNews();
  }
}

function isAbout({ before, after, source }: Change, product: string): boolean {
  const row = after ?? before ?? {};
  if (source.table_name === "product") return row["id"] === product;
  if (source.table_name !== "orders") return row["product_id"] === product;
  return Array.isArray(row["items"]) && row["items"].some((item: { product_id?: unknown }) => item.product_id === product);
}
