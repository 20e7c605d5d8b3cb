// How the list stands, in words: paused, behind, sampled, refused. Not read out by itself where it changes all the time.
import { durationInWords } from "../../lib/time";
import { Notice } from "../../ui/notice";
import type { Tail } from "./tail";

const plain = new Intl.NumberFormat("en");
const rounded = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
/** Below this many for one shown, it is a burst and not a load. */
const ratioSaid = 1.5;

export interface StatusProps {
  tail: Tail;
  retention: number;
  onNow(): void;
  onOldest(): void;
}

export function Status({ tail, retention, onNow, onOldest }: StatusProps) {
  if (tail.refusal) {
    const isGone = tail.refusal.status === 410;
    return (
      <Notice kind="warning">
        <p>
          {isGone
            ? `The log does not go back that far: changes are kept for ${durationInWords(retention * 1000)}, and those right behind this point are gone.`
            : `The shop refused this: ${tail.refusal.message}`}
        </p>
        <div class="row">
          {isGone && (
            <button type="button" onClick={onOldest}>
              Replay from the oldest that is kept
            </button>
          )}
          <button type="button" onClick={onNow}>
            Go to now
          </button>
        </div>
      </Notice>
    );
  }
  return (
    <div class="tail-status">
      {tail.trouble && <Notice kind="warning">{tail.trouble}</Notice>}
      {tail.skipped && (
        <Notice kind="warning">
          <p>
            More came than this page could take in: {tail.skipped.commits > 0 ? `${plain.format(tail.skipped.commits)} commits` : "changes"} of{" "}
            {durationInWords(tail.skipped.seconds * 1000)} were left out of the list.
          </p>
        </Notice>
      )}
      <p class="quiet" data-testid="status">
        {inWords(tail)}
      </p>
    </div>
  );
}

function inWords(tail: Tail): string {
  if (tail.isPaused)
    return `Paused. ${tail.cameInPause === 0 ? "Nothing came since." : `${plain.format(tail.cameInPause)} ${tail.cameInPause === 1 ? "change" : "changes"} came since.`}`;
  const parts: string[] = [];
  if (tail.runsThroughPast) parts.push(tail.last ? (tail.behind < 1_500 ? "The replay has come to now." : `Replaying: ${durationInWords(tail.behind)} behind now.`) : "Replaying.");
  const { ratio } = tail.sampler;
  if (ratio >= ratioSaid) parts.push(`Showing 1 of ${rounded.format(ratio)} changes: more come than anybody can read.`);
  if (ratio >= ratioSaid && !tail.isReplay) parts.push("Figures and plots count all of them.");
  if (tail.isReplay && tail.came > 0) parts.push(`${plain.format(tail.came)} ${tail.came === 1 ? "change" : "changes"} so far.`);
  if (parts.length === 0) parts.push(tail.rows.length === 0 ? "Nothing yet. What happens shows up here by itself." : "Following. What happens shows up here by itself.");
  return parts.join(" ");
}
