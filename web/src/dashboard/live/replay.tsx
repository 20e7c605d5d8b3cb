// From which point of the log the list runs: now, or a replay from the beginning, some minutes ago, a moment, or a cursor.
import { useRef, useState } from "preact/hooks";

import { type Info, messageOf } from "../../lib/api";
import { Notice } from "../../ui/notice";
import { paces } from "./address";
import { cursorAt, readCursor } from "./cursor";

const choices = [
  { value: "beginning", label: "The beginning" },
  { value: "1", label: "1 minute ago" },
  { value: "5", label: "5 minutes ago" },
  { value: "15", label: "15 minutes ago" },
  { value: "60", label: "1 hour ago" },
  { value: "moment", label: "A moment…" },
  { value: "cursor", label: "Behind a cursor…" },
];

export interface ReplayProps {
  info: Info;
  /** Of the replay that is under way. */
  pace: number;
  /** Milliseconds since 1970 by the server's clock. */
  now: () => number;
  onReplay(after: string, pace: number): void;
}

export function Replay({ info, now, pace: running, onReplay }: ReplayProps) {
  const [from, setFrom] = useState("beginning");
  const [pace, setPace] = useState(running);
  const [moment, setMoment] = useState(() => localText(now() - 600_000));
  const [cursor, setCursor] = useState("");
  const [problem, setProblem] = useState("");
  const [isSearching, setSearching] = useState(false);
  const search = useRef<AbortController>(undefined);

  const start = async () => {
    search.current?.abort();
    setProblem("");
    if (from === "beginning") return onReplay("beginning", pace);
    if (from === "cursor") {
      const read = readCursor(cursor);
      if (read === undefined) return setProblem("A cursor is a number such as 17 or 17.2; an opened change shows its own.");
      return onReplay(read, pace);
    }
    const time = from === "moment" ? new Date(moment).getTime() : now() - Number(from) * 60_000;
    if (!Number.isFinite(time)) return setProblem("Choose a day and a time.");
    const ended = (search.current = new AbortController());
    setSearching(true);
    try {
      onReplay(await cursorAt(info, time, ended.signal), pace);
    } catch (error) {
      if (!ended.signal.aborted) setProblem(`The log could not be searched: ${messageOf(error)}`);
    } finally {
      setSearching(false);
    }
  };

  return (
    <form
      class="replay"
      aria-label="Replay"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <div class="filters">
        <label>
          Replay from
          <select value={from} onChange={(event) => setFrom(event.currentTarget.value)}>
            {choices.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {from === "moment" && (
          <label>
            Moment
            <input type="datetime-local" step="1" value={moment} onInput={(event) => setMoment(event.currentTarget.value)} />
          </label>
        )}
        {from === "cursor" && (
          <label>
            Cursor
            <input type="text" inputMode="decimal" value={cursor} placeholder="17.2" autocomplete="off" onInput={(event) => setCursor(event.currentTarget.value)} />
          </label>
        )}
        <label>
          Pace
          <select value={String(pace)} onChange={(event) => setPace(Number(event.currentTarget.value))}>
            {paces.map((one) => (
              <option key={one} value={String(one)}>
                {one === 0 ? "As fast as it comes" : `${one} a second`}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={isSearching}>
          {isSearching ? "Searching the log…" : "Replay"}
        </button>
      </div>
      {problem && <Notice kind="error">{problem}</Notice>}
    </form>
  );
}

/** What a datetime-local field takes. */
function localText(time: number): string {
  const at = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 19);
}
