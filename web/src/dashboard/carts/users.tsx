// Who to look at: a user by name, or one of those who were active lately.
import { useState } from "preact/hooks";

import { type Cell, type Info, shop } from "../../lib/api";
import { useLoad } from "../../ui/load";
import { Failed, Waiting } from "../../ui/notice";

const usersShown = 12;
/** Milliseconds to look back. A busy shop's last minute has enough users, and a quiet one's log is short; nothing: all that is kept. */
const windows = [60_000, 900_000, 21_600_000, null];

interface ActiveUser {
  id: string;
  /** As the shop writes it, in UTC; empty where it does not tell. */
  last: string;
}

async function activeUsers({ store, keyspace }: Info, signal: AbortSignal): Promise<ActiveUser[]> {
  if (store === "cql") {
    // A cluster answers no question by time; these are whichever users come first in it.
    const { rows } = await shop.query(`SELECT user_id FROM ${keyspace}.cart LIMIT 200`, 200, signal);
    return [...new Set(rows.map(([user]) => String(user)))].slice(0, usersShown).map((id) => ({ id, last: "" }));
  }
  let found: Cell[][] = [];
  for (const window of windows) {
    const since = window === null ? "" : ` AND "cdc$time" > minTimeuuid(toUnixTimestamp(now()) - ${window})`;
    try {
      const { rows } = await shop.query(
        `SELECT user_id, toTimestamp(max("cdc$time" COLLATE timeuuid)) AS last FROM cart_items_scylla_cdc_log
         WHERE "cdc$operation" IN (2, 3)${since} GROUP BY user_id ORDER BY last DESC, user_id LIMIT ${usersShown}`,
        usersShown,
        signal,
      );
      found = rows;
    } catch (error) {
      // A longer look back may take too long; what a shorter one found is good.
      if (found.length === 0) throw error;
      break;
    }
    if (found.length >= usersShown) break;
  }
  return found.map(([user, last]) => ({ id: String(user), last: String(last) }));
}

const clock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

export function UserPicker({ user, info, onPick }: { user: string; info: Info; onPick: (user: string) => void }) {
  const [text, setText] = useState(user);
  const users = useLoad((signal) => activeUsers(info, signal), [info, user]);
  return (
    <section class="card stack carts-users" aria-labelledby="users-title">
      <h2 id="users-title">Whose cart?</h2>
      <form
        class="row carts-user-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") onPick(text.trim());
        }}
      >
        <label class="grow">
          User
          <input value={text} onInput={(event) => setText(event.currentTarget.value)} autocomplete="off" spellcheck={false} maxLength={256} />
        </label>
        <button type="submit" class="primary" disabled={text.trim() === ""}>
          Show
        </button>
      </form>
      <div class="row">
        <h3 class="grow">{info.store === "cql" ? "Some users" : "Active lately"}</h3>
        <button type="button" class="link-button" onClick={users.reload}>
          Look again
        </button>
      </div>
      {users.error && !users.value ? (
        <Failed what="the users" error={users.error} onRetry={users.reload} />
      ) : !users.value ? (
        <Waiting what="users" />
      ) : users.value.length === 0 ? (
        <p class="quiet">Nobody has put anything into a cart as far back as the log goes.</p>
      ) : (
        <ul class="carts-user-list">
          {users.value.map(({ id, last }) => (
            <li key={id}>
              <button
                type="button"
                title={id}
                aria-current={id === user ? "true" : undefined}
                onClick={() => {
                  setText(id);
                  onPick(id);
                }}
              >
                <span class="carts-user-name">{id}</span>
                {last && <span class="quiet">{clock.format(new Date(`${last.replace(" ", "T").slice(0, 23)}Z`))}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
