// Keeps the page up with the server while somebody looks at it: the shopper's own changes, made in other tabs too, and, with the cart open,
// the products in it. A browser has six connections to a host, so a hidden tab holds none and reads anew when it is shown.
import { effect, signal, untracked } from "@preact/signals";

import { pause } from "../lib/api";
import { type Change, follow, rowOf } from "../lib/changes";
import { quantities, refresh } from "./cart";
import { known, readProducts } from "./known";
import { seen, see } from "./seen";
import { shopper } from "./shopper";

export const isDrawerOpen = signal(false);
/** Nobody answers at the moment. */
export const isAway = signal(false);
/** Grows when the server is back after it was away, so that views which failed load again. */
export const returns = signal(0);
/** Grows when the shopper has a new order. */
export const ordersVersion = signal(0);

const isVisible = signal(document.visibilityState === "visible");

/** Begins; once for a page. */
export function followShop(): void {
  document.addEventListener("visibilitychange", () => (isVisible.value = document.visibilityState === "visible"));
  effect(() => {
    if (!isVisible.value) return;
    void refresh();
    return followShopper();
  });
  effect(() => {
    if (isVisible.value && isDrawerOpen.value) return followProducts();
    return undefined;
  });
  effect(() => {
    const ids = [...quantities.value.keys()].filter((id) => !known.value.has(id));
    if (ids.length > 0) untracked(() => readLater(ids));
  });
  effect(() => {
    // What came into the cart otherwise was seen by nobody at another price.
    const unseen = [...quantities.value.keys()].filter((id) => !(id in seen.value)).map((id) => known.value.get(id));
    see(unseen.filter((product) => product !== undefined && product !== "gone"));
  });
}

function followShopper(): () => void {
  let end = () => {};
  const begin = () => {
    end = follow({
      user_id: shopper,
      onChanges(changes) {
        void refresh();
        if (changes.some(({ source }) => source.table_name === "orders")) ++ordersVersion.value;
      },
      onState(state) {
        if (state === "open") {
          if (isAway.peek()) ++returns.value;
          // What happened before the stream began is not in it.
          void refresh();
          readLater([...quantities.peek().keys()].filter((id) => !known.peek().has(id)));
        }
        isAway.value = state === "away";
      },
      // Away for longer than changes are kept: the cart is read when the stream begins anew, and nothing else is needed of them.
      onRefused: ({ status }) => status === 410 && begin(),
    });
  };
  begin();
  return () => end();
}

const news = new BroadcastChannel("cartwheel.products");

/** The stream of products is the same for all, so one tab has it and tells the others which have changed. */
function followProducts(): () => void {
  const ended = new AbortController();
  news.onmessage = ({ data }: MessageEvent<string[]>) => readCarts(data);
  readAll();
  if ("locks" in navigator) {
    // Granted when the tab that had it closes its cart, is hidden or gone.
    navigator.locks.request("cartwheel.products", { signal: ended.signal }, () => streamProducts(ended.signal)).catch(() => undefined);
  } else {
    void streamProducts(ended.signal);
  }
  return () => {
    news.onmessage = null;
    ended.abort();
  };
}

function streamProducts(until: AbortSignal): Promise<void> {
  return new Promise((done) => {
    let end = () => {};
    const begin = () => {
      end = follow({
        table: "product",
        onChanges(changes) {
          const ids = changes.map(productOf);
          news.postMessage(ids);
          readCarts(ids);
        },
        onState: (state) => state === "open" && readAll(),
        onRefused: ({ status }) => status === 410 && begin(),
      });
    };
    begin();
    until.addEventListener("abort", () => {
      end();
      done();
    });
  });
}

const readAll = () => readLater([...quantities.peek().keys()]);
const readCarts = (ids: string[]) => readLater(ids.filter((id) => quantities.peek().has(id)));

function productOf(change: Change): string {
  return String(rowOf(change)["id"]);
}

const wanted = new Set<string>();
let isReading = false;

/** A product that changes often is read once for all changes that came meanwhile. */
function readLater(ids: string[]): void {
  for (const id of ids) wanted.add(id);
  if (!isReading && wanted.size > 0) void readWanted();
}

async function readWanted(): Promise<void> {
  isReading = true;
  while (wanted.size > 0) {
    try {
      await readProducts(wanted);
    } catch {
      await pause(2_000);
      // A tab that is shown again asks for what it misses, and what has left the cart is missed by nobody.
      for (const id of wanted) if (!isVisible.peek() || !quantities.peek().has(id)) wanted.delete(id);
    }
  }
  isReading = false;
}
