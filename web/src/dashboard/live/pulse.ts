// Everything that happens, counted: one stream of all changes from now on, whatever the list below the plots shows. Keeps the latest changes
// at hand, closes the stream while nobody looks at the tab, and lets changes out rather than fall behind for long; the log is asked afterwards
// how many those were.
import { type Info, pause, shop } from "../../lib/api";
import { type Change, follow } from "../../lib/changes";
import { cents } from "../../lib/money";
import { parseMetrics, valueOf } from "../../lib/prometheus";
import { compareCursors, newestSeq, recentCommits, recentCursor } from "./cursor";
import { countsBySecond, serverTime } from "./past";
import { keptSeconds, Rates, type Sums } from "./rates";

const recentMax = 4_000;
/** Milliseconds that a live view may be behind, and for how long, before it goes on from now. */
const behindMax = 4_000;
const behindFor = 3_000;
/** Changes of a cluster come late by design, so that nothing later is passed over. */
const clusterDelay = 40_000;
/** A commit's time is a little before it can be read. */
const settled = 2_000;

/** Of the past that one query is asked for. */
const partSeconds = 300;
const triesMax = 3;

export interface Skip {
  commits: number;
  seconds: number;
}

export interface PulseListener {
  onChanges(changes: readonly Change[]): void;
  onSkip(skip: Skip): void;
  /** Something else to show: the connection, the past. */
  onNews(): void;
}

export class Pulse {
  readonly rates = new Rates();
  connection: "starting" | "open" | "away" = "starting";
  message = "";
  /** Changes since the view was opened. */
  counted = 0;
  /** Why `counted` and the plots may lack something. */
  gap = "";
  past: "asking" | "known" | "unknown" = "asking";
  /** How often the log has told something of the past. */
  known = 0;
  followers: number | undefined;
  behind = 0;

  private readonly ended = new AbortController();
  private readonly listeners = new Set<PulseListener>();
  private recent: Change[] = [];
  /** `recent` has all that came after it. */
  private recentAfter = "0";
  private cursor: string | undefined;
  private openedAt = "0";
  private unfollow: (() => void) | undefined;
  private behindSince = 0;
  /** Seconds before these are put in from the log, for the plots and for the count: the stream adds nothing to them. */
  private plottedFrom = 0;
  private countedFrom = 0;
  /** The first that is counted whole, and so can be compared with what the log says. */
  private openedSecond = 0;
  private isSkipping = false;
  /** How far this machine's clock is before the server's; milliseconds. */
  private skew: number | undefined;

  constructor(readonly info: Info) {
    document.addEventListener("visibilitychange", this.onVisibility);
    void this.open();
    void this.watchFollowers();
  }

  end(): void {
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.ended.abort();
    this.stop();
  }

  listen(listener: PulseListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Milliseconds since 1970 by the server's clock, about. */
  now(): number {
    return Date.now() - (this.skew ?? 0);
  }

  /** How far behind now a change is told, but for what a cluster needs. */
  behindOf(change: Change): number {
    return Math.max(0, this.now() - change.source.ts_ms - (this.info.store === "cql" ? clusterDelay : 0));
  }

  /** All changes behind the cursor, if they are still at hand. */
  since(cursor: string): Change[] | undefined {
    if (this.cursor === undefined || compareCursors(cursor, this.recentAfter) < 0) return undefined;
    let first = this.recent.length;
    while (first > 0 && compareCursors(this.recent[first - 1]!.cursor, cursor) > 0) --first;
    return this.recent.slice(first);
  }

  latest(): { changes: readonly Change[]; after: string } | undefined {
    return this.cursor === undefined ? undefined : { changes: this.recent, after: this.cursor };
  }

  private async open(): Promise<void> {
    while (!this.ended.signal.aborted) {
      try {
        if (this.info.store !== "cql") this.skew = Date.now() - (await serverTime(this.ended.signal));
        const newest = await newestSeq(this.info);
        this.cursor = this.recentAfter = recentCursor(this.info, newest, recentCommits);
        // Of a cluster's past only these last minutes are known, and they are counted.
        this.openedAt = this.info.store === "cql" ? this.cursor : String(newest);
        if (this.info.store !== "cql") this.plottedFrom = this.openedSecond = Math.floor(this.now() / 1000) + 1;
        this.start();
        return await this.fillPast();
      } catch {
        this.setConnection("away", "The shop does not answer; trying again.");
        await pause(1_000, this.ended.signal).catch(() => undefined);
      }
    }
  }

  private async fillPast(): Promise<void> {
    const now = this.openedSecond - 1;
    if (this.info.store === "cql") this.past = "unknown";
    else
      try {
        // The second of them brings what was on its way while the view opened.
        await Promise.all([this.fillParts(now), this.refill(now - 3, now + 1)]);
        this.past = "known";
      } catch {
        if (this.ended.signal.aborted) return;
        this.past = "unknown";
      }
    this.tell();
  }

  /** Asks for the last half hour, the newest part first: a busy shop's whole half hour may be more than a query may read. */
  private async fillParts(now: number): Promise<void> {
    const oldest = now - keptSeconds + 1;
    for (let until = now; until > oldest; until -= partSeconds) {
      const from = Math.max(oldest, until - partSeconds);
      this.rates.replace(from, until, await this.ask(from, until));
      ++this.known;
      this.tell();
    }
  }

  private async ask(from: number, until: number): Promise<Map<number, Sums>> {
    for (let tries = 1; ; ++tries) {
      try {
        return await countsBySecond(from, until, this.ended.signal);
      } catch (error) {
        if (tries === triesMax || this.ended.signal.aborted) throw error;
        await pause(1_000, this.ended.signal);
      }
    }
  }

  /** Puts what the log knows of some seconds in the place of what was counted. Gives how many changes more those are since the opening. */
  private async refill(from: number, until: number): Promise<number> {
    await pause(Math.max(0, until * 1000 + settled - this.now()), this.ended.signal);
    const known = await this.ask(from, until);
    const counted = () => this.rates.sum(Math.max(from, this.openedSecond), until).events;
    const before = counted();
    this.rates.replace(from, until, known);
    return counted() - before;
  }

  private start(): void {
    if (this.unfollow || document.hidden || this.cursor === undefined || this.ended.signal.aborted) return;
    this.behindSince = 0;
    this.unfollow = follow({
      after: this.cursor,
      onChanges: (changes) => this.take(changes),
      onState: (state, message) => this.setConnection(state, message),
      onRefused: () => {
        this.stop();
        void this.onRefused();
      },
    });
  }

  /** The cursor is kept no longer. */
  private async onRefused(): Promise<void> {
    await pause(1_000, this.ended.signal).catch(() => undefined);
    if (this.ended.signal.aborted) return;
    if (this.recent.length > 0 || this.cursor === this.openedAt) return this.skip();
    // It was to show what was last before the view was opened, and there is nothing.
    this.cursor = this.recentAfter = this.openedAt;
    this.start();
  }

  private stop(): void {
    this.unfollow?.();
    this.unfollow = undefined;
  }

  private readonly onVisibility = () => {
    if (document.hidden) this.stop();
    else if (!this.isSkipping) this.start();
  };

  private take(changes: Change[]): void {
    const last = changes.at(-1)!;
    this.cursor = last.cursor;
    for (const change of changes) this.count(change);
    this.recent.push(...changes);
    if (this.recent.length > recentMax) {
      const gone = this.recent.length - recentMax / 2;
      this.recentAfter = this.recent[gone - 1]!.cursor;
      this.recent = this.recent.slice(gone);
    }
    if (this.info.store === "cql") this.skew = Math.min(this.skew ?? Infinity, Date.now() - last.ts_ms);
    for (const listener of this.listeners) listener.onChanges(changes);

    this.behind = this.behindOf(last);
    if (this.behind < behindMax) this.behindSince = 0;
    else if (this.behindSince === 0) this.behindSince = Date.now();
    else if (Date.now() - this.behindSince > behindFor) {
      this.stop();
      void this.skip();
    }
  }

  private count(change: Change): void {
    if (compareCursors(change.cursor, this.openedAt) <= 0) return;
    const second = Math.floor(change.source.ts_ms / 1000);
    if (second >= this.countedFrom) ++this.counted;
    if (second < this.plottedFrom) return;
    const sums: Sums = { events: 1, orders: 0, revenue: 0 };
    if (change.source.table_name === "orders" && change.op === "c" && typeof change.after?.["total"] === "number") {
      sums.orders = 1;
      sums.revenue = cents(change.after["total"]);
    }
    this.rates.add(second, sums);
  }

  /** Goes on from now, and asks the log what was left out. */
  private async skip(): Promise<void> {
    this.isSkipping = true;
    // Commits of one moment need not be in the order of their times.
    const from = Math.floor((this.recent.at(-1)?.source.ts_ms ?? this.now()) / 1000) - 1;
    const left = this.cursor ?? "0";
    try {
      const newest = await newestSeq(this.info);
      const until = Math.floor(this.now() / 1000) + 2;
      const isCluster = this.info.store === "cql";
      const skip = { commits: isCluster ? 0 : Math.max(0, newest - Number(left.split(".")[0])), seconds: until - from };
      this.cursor = this.recentAfter = String(newest);
      this.recent = [];
      if (!isCluster) this.plottedFrom = this.countedFrom = until;
      this.gap = "Some changes were left out; asking the log how many.";
      for (const listener of this.listeners) listener.onSkip(skip);
      this.isSkipping = false;
      this.start();
      if (isCluster) this.gap = "Counts and plots lack what was left out.";
      else {
        this.counted += await this.refill(Math.max(from, until - keptSeconds + 60), until);
        this.gap = from < until - keptSeconds + 60 ? "The count lacks what was left out longer than half an hour ago." : "";
      }
    } catch {
      this.gap = "Counts and plots lack what was left out: the log did not tell.";
      this.isSkipping = false;
      await pause(1_000, this.ended.signal).catch(() => undefined);
      this.start();
    }
    this.tell();
  }

  private async watchFollowers(): Promise<void> {
    while (!this.ended.signal.aborted) {
      await pause(5_000, this.ended.signal).catch(() => undefined);
      if (!document.hidden) await this.askFollowers();
    }
  }

  private async askFollowers(): Promise<void> {
    try {
      this.followers = valueOf(parseMetrics(await shop.metrics()), "cartwheel_changes_followers");
    } catch {
      this.followers = undefined;
    }
  }

  private setConnection(state: "open" | "away", message: string): void {
    if (state === "open") void this.askFollowers();
    this.connection = state;
    this.message = message;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener.onNews();
  }
}
