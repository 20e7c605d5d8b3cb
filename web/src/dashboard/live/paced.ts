// A stream of changes at a chosen pace: reads ahead by a bounded number, hangs up when that is full, and comes back with its cursor.
import type { ShopError } from "../../lib/api";
import { type Change, follow, type FollowOptions } from "../../lib/changes";

const aheadMax = 1_000;
const aheadLeast = 200;
const beat = 100;

export interface PacedOptions extends Pick<FollowOptions, "table" | "user_id" | "product_id"> {
  after: string;
  /** Changes a second; 0: as they come. */
  pace: number;
  onChanges(changes: Change[]): void;
  onState(state: "open" | "away", message: string): void;
  onRefused(error: ShopError): void;
}

/** Begins to follow; the function that is given back ends it. */
export function followPaced(options: PacedOptions): () => void {
  if (options.pace === 0) return follow(options);
  let after = options.after;
  let ahead: Change[] = [];
  let owed = 0;
  let unfollow: (() => void) | undefined;
  const read = () => {
    unfollow = follow({
      ...options,
      after,
      onChanges(changes) {
        after = changes.at(-1)!.cursor;
        ahead.push(...changes);
        if (ahead.length < aheadMax) return;
        unfollow?.();
        unfollow = undefined;
      },
    });
  };
  read();
  const timer = setInterval(() => {
    owed = Math.min(owed + (options.pace * beat) / 1000, options.pace);
    const due = Math.min(Math.floor(owed), ahead.length);
    if (due > 0) {
      owed -= due;
      options.onChanges(ahead.slice(0, due));
      ahead = ahead.slice(due);
    }
    if (!unfollow && ahead.length < aheadLeast) read();
  }, beat);
  return () => {
    clearInterval(timer);
    unfollow?.();
    ahead = [];
  };
}
