// Lets through as many items as can be drawn and read, spread evenly over all that came, and knows how many those were.

/** Between two drawings, milliseconds. */
const drawEvery = 250;
/** Items a second that are let through when more come for long. */
const sustained = 80;
const pendingMax = 4_000;
/** Drawings that the ratio is taken over. */
const remembered = 8;

export class Sampler<T> {
  private pending: T[] = [];
  /** How many came for each that is pending: doubled whenever every second one has to go. */
  private weight = 1;
  private came = 0;
  private allowance: number;
  private drawnAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly drawings: { at: number; came: number; shown: number }[] = [];

  /** A burst of `burstMax` is let through whole. */
  constructor(
    private readonly burstMax: number,
    private readonly show: (shown: { item: T; leftOut: number }[]) => void,
  ) {
    this.allowance = burstMax;
  }

  take(items: readonly T[]): void {
    for (const item of items) if (this.came++ % this.weight === 0) this.pending.push(item);
    while (this.pending.length > pendingMax) {
      this.pending = this.pending.filter((_, index) => index % 2 === 0);
      this.weight *= 2;
    }
    this.timer ??= setTimeout(() => this.flush(), Math.max(0, this.drawnAt + drawEvery - performance.now()));
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.length === 0) return;
    const now = performance.now();
    this.allowance = Math.min(this.burstMax, this.allowance + (sustained * (now - this.drawnAt)) / 1000);
    this.drawnAt = now;
    const { pending, came } = this;
    const shown = Math.min(pending.length, Math.max(1, Math.floor(this.allowance)));
    this.allowance -= shown;
    this.drawings.push({ at: now, came, shown });
    if (this.drawings.length > remembered) this.drawings.shift();
    this.pending = [];
    this.came = 0;
    this.weight = 1;
    // The last one is always among them.
    const picked = Array.from({ length: shown }, (_, index) => pending[Math.floor(((index + 1) * pending.length) / shown) - 1]!);
    const leftOut = came - shown;
    this.show(
      picked.map((item, index) => ({ item, leftOut: Math.floor(((index + 1) * leftOut) / shown) - Math.floor((index * leftOut) / shown) })),
    );
  }

  /** Of how many items one is shown at present. */
  get ratio(): number {
    const recent = this.drawings.filter(({ at }) => performance.now() - at < 3_000);
    const sum = (key: "came" | "shown") => recent.reduce((total, drawing) => total + drawing[key], 0);
    return recent.length === 0 ? 1 : sum("came") / sum("shown");
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = [];
    this.came = 0;
    this.weight = 1;
    this.allowance = this.burstMax;
    this.drawings.length = 0;
  }
}
