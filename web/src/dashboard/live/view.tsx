// The live view: what happens in the shop now, as figures, as moving plots, and change by change.
import { useLocation } from "preact-iso/router";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";

import { type Info, persist, shop } from "../../lib/api";
import { Notice, Waiting } from "../../ui/notice";
import { addressOf, type Place, readPlace } from "./address";
import { Figures } from "./figures";
import { Filters } from "./filters";
import { ProductNames } from "./names";
import { Pulse } from "./pulse";
import { Replay } from "./replay";
import { Rows } from "./rows";
import { Status } from "./status";
import { Tail } from "./tail";
import "./view.css";

export function LiveView() {
  const [info, setInfo] = useState<Info>();
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    const ended = new AbortController();
    persist(shop.info, (error) => setTrouble(error.message), ended.signal).then(
      (given) => ended.signal.aborted || setInfo(given),
      (error: Error) => ended.signal.aborted || setTrouble(error.message),
    );
    return () => ended.abort();
  }, []);
  if (info) return <Live info={info} />;
  return (
    <>
      <h1>Live</h1>
      {trouble ? <Notice kind="error">{trouble} Trying again.</Notice> : <Waiting what="what this shop is" />}
    </>
  );
}

function Live({ info }: { info: Info }) {
  const { query, route } = useLocation();
  const place = useMemo(() => readPlace(query), [JSON.stringify(query)]);
  const { pulse, tail, names } = useFeeds(info);
  const [open, setOpen] = useState<number>();
  // A row that is being read must not run away.
  const pausedToRead = useRef(false);

  useEffect(() => {
    setOpen(undefined);
    pausedToRead.current = false;
    tail.begin(place.filter, place.after, place.pace);
  }, [tail, place]);

  const go = (part: Partial<Place>) => {
    const next = addressOf({ ...place, ...part });
    if (next === addressOf(place)) tail.begin(place.filter, place.after, place.pace);
    else route(next);
  };
  const onOpen = (key: number | undefined) => {
    setOpen(key);
    if (key !== undefined && !tail.isPaused) {
      pausedToRead.current = true;
      tail.pause();
    } else if (key === undefined && pausedToRead.current) {
      pausedToRead.current = false;
      tail.resume();
    }
  };
  const onPause = () => {
    pausedToRead.current = false;
    if (tail.isPaused) {
      setOpen(undefined);
      tail.resume();
    } else tail.pause();
  };

  return (
    <>
      <div class="live-head">
        <h1>Live</h1>
        <Connection pulse={pulse} />
      </div>
      <Figures pulse={pulse} />
      <section class="card stack" aria-labelledby="tail-name">
        <div class="live-head">
          <h2 id="tail-name">{place.after === undefined ? "Changes" : "Changes, replayed"}</h2>
          <div class="row">
            {place.after !== undefined && (
              <button type="button" onClick={() => go({ after: undefined, pace: 0 })}>
                Go to now
              </button>
            )}
            <button type="button" class={tail.isPaused ? "primary" : undefined} onClick={onPause} disabled={tail.refusal !== undefined}>
              {tail.isPaused ? "Resume" : "Pause"}
            </button>
          </div>
        </div>
        <div class="live-controls">
          <Filters filter={place.filter} names={names} onFilter={(filter) => go({ filter })} />
          <Replay info={info} pace={place.pace} now={() => pulse.now()} onReplay={(after, pace) => go({ after, pace })} />
        </div>
        <Status
          tail={tail}
          retention={info.changes_retention}
          onNow={() => go({ after: undefined, pace: 0 })}
          onOldest={() => go({ after: "beginning" })}
        />
        <Rows
          rows={tail.rows}
          open={open}
          names={names}
          currency={info.currency}
          onOpen={onOpen}
          onUser={(user_id) => go({ filter: { ...place.filter, user_id } })}
          onProduct={(product_id) => go({ filter: { ...place.filter, product_id } })}
        />
      </section>
    </>
  );
}

function Connection({ pulse }: { pulse: Pulse }) {
  const words = { starting: "Connecting…", open: "Connected", away: pulse.message }[pulse.connection];
  return (
    <p class={`connection connection-${pulse.connection}`} role="status">
      <span class="dot" aria-hidden="true" /> {words}
    </p>
  );
}

/** What feeds the view, for as long as it is there; draws the view again when there is news, and every second. */
function useFeeds(info: Info): { pulse: Pulse; tail: Tail; names: ProductNames } {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const [feeds] = useState(() => {
    const names = new ProductNames(() => draw(0));
    const pulse = new Pulse(info);
    return { names, pulse, tail: new Tail(pulse, names, () => draw(0)) };
  });
  useEffect(() => {
    const timer = setInterval(() => document.hidden || draw(0), 1_000);
    return () => {
      clearInterval(timer);
      feeds.tail.end();
      feeds.pulse.end();
    };
  }, [feeds]);
  return feeds;
}
