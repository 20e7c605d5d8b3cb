// What became of a user's cart: replayed from the log of changes, step by step.
import { useLocation } from "preact-iso/router";
import { useEffect, useState } from "preact/hooks";

import { type Info, shop } from "../../lib/api";
import { useLoad } from "../../ui/load";
import { Failed, Notice, Waiting } from "../../ui/notice";
import { Player } from "./player";
import { forgetFacts } from "./products";
import { stepsMax } from "./steps";
import { useStory } from "./story";
import { UserPicker } from "./users";
import "./view.css";

const counts = new Intl.NumberFormat("en");

export function CartsView() {
  const { query, route } = useLocation();
  const user = query["user"] ?? "";
  const info = useLoad(() => shop.info(), []);
  return (
    <>
      <div>
        <h1>Carts</h1>
        <p class="quiet">Choose a user and see what became of the cart, step by step.</p>
      </div>
      {info.value ? (
        <div class="carts">
          <UserPicker key={user} user={user} info={info.value} onPick={(picked) => route(`/dashboard/carts?user=${encodeURIComponent(picked)}`)} />
          {user === "" ? <p class="quiet carts-nobody">Nobody is chosen yet.</p> : <UserStory key={user} user={user} info={info.value} />}
        </div>
      ) : info.error ? (
        <Failed what="what this server is" error={info.error} onRetry={info.reload} />
      ) : (
        <Waiting what="the carts" />
      )}
    </>
  );
}

function UserStory({ user, info }: { user: string; info: Info }) {
  const [isLive, setLive] = useState(true);
  const { story, phase, trouble, readAgain } = useStory(user, isLive);
  useEffect(forgetFacts, [user]);
  const length = story.steps.length;
  const kept = keptFor(info.changes_retention);
  return (
    <div class="stack carts-of-user">
      <div class="row">
        <h2 class="grow carts-whose">The cart of {user}</h2>
        <label class="carts-live">
          <input type="checkbox" checked={isLive} onChange={(event) => setLive(event.currentTarget.checked)} />
          Follow what happens now
        </label>
      </div>
      {phase === "refused" && (
        <Notice kind="error">
          <p>{trouble}</p>
          <button type="button" onClick={readAgain}>
            Read the log again
          </button>
        </Notice>
      )}
      {phase !== "refused" && trouble && <Notice kind="warning">{trouble}</Notice>}
      {phase === "reading" && (
        <p class="quiet" role="status">
          Reading the log{length > 0 ? `: ${counts.format(length + story.dropped)} steps so far` : ""}…
        </p>
      )}
      {story.dropped > 0 && (
        <Notice kind="info">
          There are {counts.format(length + story.dropped)} steps; the newest {counts.format(stepsMax)} are kept here.
        </Notice>
      )}
      {story.beganBefore && (
        <Notice kind="info">
          The cart was opened before the oldest change that is still kept{kept && ` (they are kept ${kept})`}. What was in it then follows from what changed later.
        </Notice>
      )}
      {phase === "read" && length === 0 && (
        <Notice kind="info">
          The log knows nothing of {user}{kept && `: changes are kept ${kept}`}. {isLive ? "What happens from now on shows here." : "Is the name written as the shop writes it?"}
        </Notice>
      )}
      {phase !== "reading" && length > 0 && <Player story={story} length={length} currency={info.currency} />}
    </div>
  );
}

/** "for 24 hours"; nothing when they are kept for ever. */
function keptFor(seconds: number): string {
  if (seconds === 0) return "";
  const [unit, size] = seconds % 3_600 === 0 ? ["hour", 3_600] : seconds % 60 === 0 ? ["minute", 60] : ["second", 1];
  return `for ${new Intl.NumberFormat("en", { style: "unit", unit: String(unit), unitDisplay: "long" }).format(seconds / Number(size))}`;
}
