// The rows of the list of changes. A row opens to what was before and after, side by side.
import type { Change } from "../../lib/changes";
import type { ProductNames } from "./names";
import type { TailRow } from "./tail";
import { fieldInWords, fieldsOf, inWords, userOf } from "./words";

const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long", hourCycle: "h23" });
const plain = new Intl.NumberFormat("en");
const tableNames = { product: "product", cart: "cart", cart_items: "item", orders: "order" } as const;
const operations = { c: "insert", u: "update", d: "delete" } as const;

export interface RowsProps {
  rows: readonly TailRow[];
  open: number | undefined;
  names: ProductNames;
  currency: string;
  onOpen(key: number | undefined): void;
  onUser(user: string): void;
  onProduct(product: string): void;
}

export function Rows(props: RowsProps) {
  const today = new Date().toDateString();
  return (
    <ol class="tail" aria-label="Changes, newest first">
      {props.rows.map((row) => (
        <Row key={row.key} row={row} today={today} {...props} />
      ))}
    </ol>
  );
}

export function nameIn(names: ProductNames): (product: string) => string {
  return (product) => {
    const name = names.get(product);
    return name ?? (name === null ? `a product that is gone (${product.slice(0, 8)})` : `product ${product.slice(0, 8)}`);
  };
}

function Row({ row, today, open, names, currency, onOpen, ...actions }: RowsProps & { row: TailRow; today: string }) {
  const { change, key, leftOut } = row;
  const { table_name, ts_ms } = change.source;
  const user = userOf(change);
  const isOpen = open === key;
  const time = new Date(ts_ms);
  return (
    <li class={isOpen ? "tail-row tail-row-open" : "tail-row"} data-op={change.op}>
      <button type="button" class="tail-line" aria-expanded={isOpen} onClick={() => onOpen(isOpen ? undefined : key)}>
        <time class="mono quiet" dateTime={time.toISOString()}>
          {time.toDateString() === today ? "" : `${day.format(time)} `}
          {clock.format(time)}
        </time>{" "}
        <span class={`tag tag-${table_name}`}>{tableNames[table_name]}</span>{" "}
        <span class="tail-words">
          {user !== undefined && <b>{shortUser(user)}</b>} {inWords(change, nameIn(names), currency)}
        </span>{" "}
        <span class={`tail-op tail-op-${change.op}`}>{operations[change.op]}</span>
      </button>
      {isOpen && <Details change={change} names={names} {...actions} />}
      {leftOut > 0 && <p class="tail-left-out">{plain.format(leftOut)} more not shown</p>}
    </li>
  );
}

/** A guest's random id is told by its beginning; the details have it whole. */
function shortUser(user: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(user) ? `${user.slice(0, 8)}…` : user;
}

function Details({ change, names, onUser, onProduct }: Pick<RowsProps, "names" | "onUser" | "onProduct"> & { change: Change }) {
  const user = userOf(change);
  const row = change.after ?? change.before ?? {};
  const product = change.source.table_name === "product" ? row["id"] : row["product_id"];
  return (
    <div class="tail-details">
      <div class="scroll" role="region" aria-label="Before and after" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {fieldsOf(change).map(({ name, before, after, differs }) => (
              <tr key={name} class={differs ? "differs" : undefined}>
                <th scope="row" class="mono">
                  {name}
                  {differs && <span class="differs-mark"> changed</span>}
                </th>
                <Value name={name} value={before} isThere={change.before !== null} />
                <Value name={name} value={after} isThere={change.after !== null} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="quiet small">
        {whole.format(change.source.ts_ms)} · event <span class="mono">{change.id}</span> · cursor <span class="mono">{change.cursor}</span>
        {typeof product === "string" && <> · {nameIn(names)(product)}</>}
      </p>
      <div class="row">
        {user !== undefined && (
          <>
            <button type="button" onClick={() => onUser(user)}>
              Only this user
            </button>
            <a class="button" href={`/dashboard/carts?user=${encodeURIComponent(user)}`}>
              This user’s cart
            </a>
          </>
        )}
        {typeof product === "string" && (
          <button type="button" onClick={() => onProduct(product)}>
            Only this product
          </button>
        )}
      </div>
    </div>
  );
}

function Value({ name, value, isThere }: { name: string; value: unknown; isThere: boolean }) {
  if (!isThere) return <td class="quiet">no row</td>;
  return <td class="mono value">{fieldInWords(name, value)}</td>;
}
