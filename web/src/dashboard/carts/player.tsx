// A user's cart, step by step: the steps as a list, a slider and buttons to go through them, and the cart as it was after each.
import { useEffect, useRef, useState } from "preact/hooks";

import { showMoney } from "../../lib/money";
import { Picture } from "../../ui/picture";
import { nameOf, useProductFacts } from "./products";
import { inWords, type PlacedOrder, type Step, type Story } from "./steps";

const stepMs = 1_000;
/** Entries of the list before and after the step that is shown: a long history would be slow to draw, and nobody reads it at once. */
const listedAround = 12;

const when = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });
const counts = new Intl.NumberFormat("en");

export function Player({ story, length, currency }: { story: Story; length: number; currency: string }) {
  const [at, setAt] = useState(length - 1);
  const [isPlaying, setPlaying] = useState(false);
  const place = useRef<HTMLElement>(null);
  const before = useRef({ length, dropped: story.dropped });
  // Who is at the newest step stays at the newest; who looks at an older one goes on looking at it, also when the oldest are let go.
  useEffect(() => {
    const { length: lengthBefore, dropped } = before.current;
    before.current = { length, dropped: story.dropped };
    setAt((now) => (now === lengthBefore - 1 && !isPlaying ? length - 1 : Math.max(0, now - (story.dropped - dropped))));
  }, [length, story.dropped]);
  useEffect(() => {
    if (!isPlaying) return;
    if (at >= length - 1) return setPlaying(false);
    const timer = setTimeout(() => setAt(at + 1), stepMs);
    return () => clearTimeout(timer);
  }, [isPlaying, at, length]);

  const go = (to: number) => {
    setPlaying(false);
    setAt(Math.min(length - 1, Math.max(0, to)));
  };
  const goBy = useRef(go);
  goBy.current = go;
  const position = useRef(at);
  position.current = at;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      // The slider moves by itself, and a text field has its own use for these keys.
      if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      if (!place.current?.contains(target) && target !== document.body && target.tagName !== "MAIN") return;
      const to = { ArrowLeft: position.current - 1, ArrowRight: position.current + 1, Home: 0, End: Infinity }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      goBy.current(to);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  const index = Math.min(at, length - 1);
  const step = story.steps[index]!;
  const first = Math.max(0, index - listedAround);
  const listed = story.steps.slice(first, index + listedAround + 1);
  const state = story.stateAfter(index);
  const ids = new Set([...state.lines.keys(), ...listed.flatMap(productsOf)]);
  const factOf = useProductFacts([...ids]);
  const words = (of: Step) => inWords(of, (id) => nameOf(factOf(id), id), showMoney);
  const number = index + 1 + story.dropped;
  const total = length + story.dropped;

  return (
    <section class="stack" aria-label="Step by step" ref={place}>
      <div class="card stack carts-controls">
        <div class="row">
          <button type="button" disabled={index === 0} onClick={() => go(0)}>
            First
          </button>
          <button type="button" disabled={index === 0} onClick={() => go(index - 1)}>
            Previous
          </button>
          <button type="button" class="primary carts-play" onClick={() => (isPlaying ? setPlaying(false) : (index === length - 1 && setAt(0), setPlaying(true)))} disabled={length < 2}>
            {isPlaying ? "Pause" : "Play"}
          </button>
          <button type="button" disabled={index === length - 1} onClick={() => go(index + 1)}>
            Next
          </button>
          <button type="button" disabled={index === length - 1} onClick={() => go(length - 1)}>
            Last
          </button>
          <span class="quiet grow carts-count">
            Step {counts.format(number)} of {counts.format(total)}
          </span>
        </div>
        <input
          type="range"
          aria-label="Step"
          min={1}
          max={length}
          value={index + 1}
          aria-valuetext={`Step ${number} of ${total}: ${words(step).join(", ")}`}
          onInput={(event) => go(Number(event.currentTarget.value) - 1)}
        />
        <p class="quiet carts-hint">The arrow keys go from step to step, Home and End to the first and the last.</p>
      </div>
      <div class="carts-story">
        <div class="stack">
          <article class="card stack" aria-labelledby="step-title">
            <div aria-live={isPlaying ? "off" : "polite"} class="stack carts-what">
              <p class="quiet">{when.format(step.time)}</p>
              <h2 id="step-title">{words(step).join(", ") || "Something else happened"}</h2>
            </div>
            <CartTable step={step} lines={state.lines} factOf={factOf} currency={currency} />
          </article>
          {state.orders.length > 0 && <Orders orders={state.orders} isNew={step.happenings.some(({ kind }) => kind === "ordered")} />}
        </div>
        <ol class="carts-steps" aria-label="Steps" start={first + 1}>
          {first > 0 && <li class="quiet carts-more">{counts.format(first)} earlier</li>}
          {listed.map((one, offset) => (
            <li key={one.commit}>
              <button type="button" aria-current={first + offset === index ? "step" : undefined} onClick={() => go(first + offset)}>
                <span class="quiet carts-time">{when.format(one.time)}</span>
                {words(one).map((sentence, number) => (
                  <span key={number}>{sentence}</span>
                ))}
              </button>
            </li>
          ))}
          {length - first - listed.length > 0 && <li class="quiet carts-more">{counts.format(length - first - listed.length)} later</li>}
        </ol>
      </div>
    </section>
  );
}

function productsOf({ happenings }: Step): string[] {
  return happenings.flatMap((happening) => ("product" in happening ? [happening.product] : []));
}

function CartTable({ step, lines, factOf, currency }: { step: Step; lines: Map<string, number>; factOf: ReturnType<typeof useProductFacts>; currency: string }) {
  const had = new Map(step.happenings.flatMap((happening) => (happening.kind === "put" ? [[happening.product, happening.had] as const] : [])));
  const removed = step.happenings.flatMap((happening) => (happening.kind === "removed" && !lines.has(happening.product) ? [happening] : []));
  if (lines.size === 0 && removed.length === 0) return <p class="quiet">The cart is empty after this step.</p>;
  let value = 0;
  let unpriced = 0;
  for (const [product, quantity] of lines) {
    const fact = factOf(product);
    if (fact) value += fact.cents * quantity;
    else if (fact === null) ++unpriced;
  }
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The cart after this step">
      <table>
        <caption class="spoken">The cart after this step</caption>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col" class="number">
              Quantity
            </th>
            <th scope="col" class="number">
              Value today
            </th>
          </tr>
        </thead>
        <tbody>
          {[...lines].map(([product, quantity]) => {
            const fact = factOf(product);
            const before = had.get(product);
            return (
              <tr key={product} class={had.has(product) ? "carts-changed" : ""}>
                <td>
                  <span class="carts-product">
                    <Picture img={fact?.img ?? ""} name={nameOf(fact, product)} size="small" />
                    <span>
                      {nameOf(fact, product)}
                      {fact === null && <span class="quiet"> (gone)</span>}
                    </span>
                  </span>
                </td>
                <td class="number">
                  {had.has(product) && before !== quantity && <span class="quiet">{before === null ? "new " : `${before} → `}</span>}
                  <strong>{counts.format(quantity)}</strong>
                </td>
                <td class="number">{fact ? showMoney(fact.cents * quantity, currency) : "–"}</td>
              </tr>
            );
          })}
          {removed.map(({ product, had: before }) => (
            <tr key={product} class="carts-removed">
              <td>
                <span class="carts-product">
                  <Picture img={factOf(product)?.img ?? ""} name={nameOf(factOf(product), product)} size="small" />
                  <span>{nameOf(factOf(product), product)}</span>
                </span>
              </td>
              <td class="number">
                <span class="quiet">{before} → </span>
                <strong>0</strong>
              </td>
              <td class="number">–</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Together{unpriced > 0 ? `, without ${unpriced} that ${unpriced === 1 ? "is" : "are"} gone` : ""}
            </th>
            <td class="number">
              <strong>{showMoney(value, currency)}</strong>
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Orders({ orders, isNew }: { orders: PlacedOrder[]; isNew: boolean }) {
  return (
    <section class="card stack" aria-labelledby="orders-title">
      <h2 id="orders-title">Orders so far</h2>
      <ul class="carts-orders">
        {[...orders].reverse().map((order, index) => (
          <li key={order.id} class={isNew && index === 0 ? "carts-changed" : ""}>
            <span class="row">
              <strong class="grow">
                {counts.format(order.pieces)} {order.pieces === 1 ? "piece" : "pieces"}
              </strong>
              <strong>{showMoney(order.totalCents, order.currency)}</strong>
            </span>
            <span>{order.names.join(", ")}</span>
            <span class="quiet mono carts-id">{order.id}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
