// Asks the server every two seconds how it is, and keeps what the plots and averages need: the readings of the last half minute, and a point
// of the plots for each reading of the last ten minutes.
import { type Info, messageOf, pause, shop } from "../../lib/api";
import { parseMetrics } from "../../lib/prometheus";
import { gauge, type Latency, rateOf, type Reading, routesBetween, shopByStatus, shopLatency, wasRestarted } from "./difference";

const every = 2_000;
const readingsMax = 16;
const pointsMax = 300;
/** Where readings are further apart, the tab was away, and a line between them would say what nobody saw. */
const together = 3 * every;

export interface Point {
  at: number;
  byStatus: Record<"2xx" | "3xx" | "4xx" | "5xx", number | null>;
  latency: Latency;
  commits: number | null;
  /** Writes that were made durable together, on average. */
  batch: number | null;
}

export class Watch {
  info: Info | undefined;
  readings: Reading[] = [];
  points: Point[] = [];
  /** Why the server is not ready; null when it is. */
  notReady: string | null = null;
  /** Why it does not answer; empty when it does. */
  away = "";
  awaySince = 0;
  /** When it was seen to have been started anew. */
  restartedAt = 0;
  readonly since = Date.now();
  private readonly ended = new AbortController();

  constructor(private readonly onNews: () => void) {
    void this.run();
  }

  end(): void {
    this.ended.abort();
  }

  get newest(): Reading | undefined {
    return this.readings.at(-1);
  }

  private async run(): Promise<void> {
    while (!this.ended.signal.aborted) {
      if (!document.hidden) await this.look();
      await pause(every, this.ended.signal).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    try {
      const [text, notReady] = await Promise.all([shop.metrics(), shop.isReady()]);
      // A server that came back may be another one.
      if (!this.info || this.away) this.info = await shop.info();
      this.take({ at: Date.now(), metrics: parseMetrics(text) });
      this.notReady = notReady;
      this.away = "";
    } catch (error) {
      if (!this.away) this.awaySince = Date.now();
      this.away = messageOf(error);
    }
    if (!this.ended.signal.aborted) this.onNews();
  }

  private take(reading: Reading): void {
    const before = this.newest;
    if (before && wasRestarted(before, reading)) {
      this.restartedAt = Date.now();
      this.readings = [];
      this.addPoint(gapAt(reading.at));
    } else if (before && reading.at - before.at > together) {
      this.readings = [];
      this.addPoint(gapAt(reading.at));
    } else if (before) this.addPoint(pointBetween(before, reading));
    this.readings.push(reading);
    if (this.readings.length > readingsMax) this.readings.shift();
  }

  private addPoint(point: Point): void {
    this.points = [...this.points.slice(-pointsMax + 1), point];
  }
}

function gapAt(at: number): Point {
  return {
    at,
    byStatus: { "2xx": null, "3xx": null, "4xx": null, "5xx": null },
    latency: { p50: undefined, p90: undefined, p99: undefined },
    commits: null,
    batch: null,
  };
}

function pointBetween(before: Reading, now: Reading): Point {
  return {
    at: now.at,
    byStatus: shopByStatus(routesBetween(before, now)),
    latency: shopLatency(before, now),
    commits: rateOf(before, now, "cartwheel_store_commits_total"),
    batch: batchSize(before, now),
  };
}

export function batchSize(before: Reading, now: Reading): number | null {
  const growth = (name: string) => gauge(now, name) - gauge(before, name);
  const batches = growth("cartwheel_store_batches_total");
  return batches > 0 ? growth("cartwheel_store_commits_total") / batches : null;
}
