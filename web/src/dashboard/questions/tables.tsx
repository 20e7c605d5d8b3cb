// Which tables, views and columns can be asked about. A cluster's own tables say so themselves; the embedded engine answers with a table's
// columns when it is asked for none of its rows.
import { useState } from "preact/hooks";

import { shop } from "../../lib/api";
import { statementTrouble } from "./trouble";

const embedded = [
  { kind: "Tables", names: ["product", "cart", "cart_items", "orders", "order_items"] },
  { kind: "Views", names: ["best_sellers", "second_thoughts", "abandoned_carts", "put_to_order", "carts_with_products"] },
  { kind: "Change logs", names: ["product", "cart", "cart_items", "orders"].map((table) => `${table}_scylla_cdc_log`) },
];
const inKeyspace = (keyspace: string) => [
  { kind: "Tables", names: ["product", "cart", "cart_items", "orders"].flatMap((table) => [`${keyspace}.${table}`, `${keyspace}.${table}_scylla_cdc_log`]) },
];

export function TablesList({ keyspace, onPick }: { keyspace: string | undefined; onPick: (statement: string) => void }) {
  return (
    <div class="stack">
      {(keyspace === undefined ? embedded : inKeyspace(keyspace)).map(({ kind, names }) => (
        <section key={kind} aria-label={kind}>
          <h3 class="questions-kind">{kind}</h3>
          {names.map((name) => (
            <TableEntry key={name} name={name} isCluster={keyspace !== undefined} onPick={onPick} />
          ))}
        </section>
      ))}
    </div>
  );
}

function TableEntry({ name, isCluster, onPick }: { name: string; isCluster: boolean; onPick: (statement: string) => void }) {
  const [columns, setColumns] = useState<string[]>();
  const [error, setError] = useState("");
  const load = async () => {
    if (columns) return;
    try {
      setColumns((await shop.query(`SELECT * FROM ${name} LIMIT ${isCluster ? 1 : 0}`)).columns);
      setError("");
    } catch (reason) {
      setError(statementTrouble(reason));
    }
  };
  return (
    <details class="questions-entry" onToggle={(event) => event.currentTarget.open && void load()}>
      <summary class="mono">{name}</summary>
      {error && <p class="quiet">{error}</p>}
      {!columns && !error && <p class="quiet">Asking for its columns…</p>}
      {columns && (
        <>
          <ul class="mono questions-columns">
            {columns.map((column) => (
              <li key={column}>{column}</li>
            ))}
          </ul>
          <button type="button" class="link-button" onClick={() => onPick(`SELECT * FROM ${name} LIMIT 20`)}>
            Write a statement of it
          </button>
        </>
      )}
    </details>
  );
}
