// Counts of what happened, second by second, for a bit more than the last half hour. Bounded: a second that is older falls out.

/** Seconds that plots and figures look back. */
export const spanSeconds = 30 * 60;
/** A plot's point is the sum of a minute, so the oldest needs a minute more. */
export const keptSeconds = spanSeconds + 120;

export interface Sums {
  events: number;
  orders: number;
  /** Whole cents. */
  revenue: number;
}

export class Rates {
  private readonly events = new Float64Array(keptSeconds);
  private readonly orders = new Float64Array(keptSeconds);
  private readonly revenue = new Float64Array(keptSeconds);
  /** The newest second that there is a place for. */
  private head = 0;

  add(second: number, { events, orders, revenue }: Sums): void {
    this.advance(second);
    if (second <= this.head - keptSeconds) return;
    const at = second % keptSeconds;
    this.events[at]! += events;
    this.orders[at]! += orders;
    this.revenue[at]! += revenue;
  }

  /** Puts what the log knows of these seconds, from `from` to before `until`, in the place of what was counted. */
  replace(from: number, until: number, known: ReadonlyMap<number, Sums>): void {
    this.advance(until - 1);
    for (let second = Math.max(from, this.head - keptSeconds + 1); second < until; ++second) {
      this.clear(second);
      const sums = known.get(second);
      if (sums) this.add(second, sums);
    }
  }

  /** From `from` to before `until`. */
  sum(from: number, until: number): Sums {
    const sums = { events: 0, orders: 0, revenue: 0 };
    for (let second = Math.max(from, this.head - keptSeconds + 1); second < Math.min(until, this.head + 1); ++second) {
      const at = second % keptSeconds;
      sums.events += this.events[at]!;
      sums.orders += this.orders[at]!;
      sums.revenue += this.revenue[at]!;
    }
    return sums;
  }

  /** What each minute that ends at one of the last `span` seconds' points had; the last point is `until`. */
  minutes(until: number, span: number, step: number): { times: number[]; events: number[]; orders: number[]; revenue: number[] } {
    const result = { times: [] as number[], events: [] as number[], orders: [] as number[], revenue: [] as number[] };
    for (let end = until - span; end <= until; end += step) {
      const sums = this.sum(end - 60, end);
      result.times.push(end * 1000);
      result.events.push(sums.events);
      result.orders.push(sums.orders);
      result.revenue.push(sums.revenue / 100);
    }
    return result;
  }

  /** Of these spans, the first that all that is known fits into. */
  fitting(until: number, spans: readonly number[]): number {
    return spans.find((span) => this.sum(0, until - span).events === 0) ?? spanSeconds;
  }

  private advance(second: number): void {
    if (second <= this.head) return;
    for (let next = Math.max(this.head + 1, second - keptSeconds + 1); next <= second; ++next) this.clear(next);
    this.head = second;
  }

  private clear(second: number): void {
    const at = second % keptSeconds;
    this.events[at] = 0;
    this.orders[at] = 0;
    this.revenue[at] = 0;
  }
}
