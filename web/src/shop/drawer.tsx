// The cart, from the right: its lines, what has changed since they were put in, the sum, and buying it.
import { useLocation } from "preact-iso/router";
import { useEffect, useRef } from "preact/hooks";

import type { Order } from "../lib/api";
import { Dialog } from "../ui/dialog";
import { Notice, Waiting } from "../ui/notice";
import { announce, Announcements } from "./announce";
import { isCartKnown, setQuantity } from "./cart";
import { buy, checkout } from "./checkout";
import { count, money } from "./currency";
import { isDrawerOpen } from "./following";
import { known } from "./known";
import { CartLine } from "./line";
import { changedLines, hasGone, type Line, lines, pieces, total } from "./lines";
import { see } from "./seen";
import { Trouble } from "./trouble";

const close = () => {
  isDrawerOpen.value = false;
  // What went wrong has been read.
  if (checkout.peek().state === "failed") checkout.value = { state: "idle" };
};

export function Drawer() {
  useEffect(() => {
    // The browser's back. Another address alone is no reason: a search that was typed just before may arrive behind the cart.
    addEventListener("popstate", close);
    return () => removeEventListener("popstate", close);
  }, []);
  return (
    <Dialog title="Your cart" side onClose={close}>
      <Inside />
      <Announcements />
    </Dialog>
  );
}

function Inside() {
  const list = useRef<HTMLDivElement>(null);
  const remove = ({ id, name }: Line) => {
    setQuantity(id, 0);
    announce(`${name} taken out of the cart.`);
    // The button that was pressed is gone with its line.
    list.current?.focus();
  };
  const isBuying = checkout.value.state === "buying";
  return (
    <>
      <div class="cart-lines" ref={list} tabIndex={-1}>
        <Trouble />
        {lines.value.length > 0 ? (
          <ul aria-label="In your cart">
            {lines.value.map((line) => (
              <CartLine key={line.id} line={line} isLocked={isBuying} onRemove={() => remove(line)} onLeave={close} />
            ))}
          </ul>
        ) : isBuying ? (
          <Waiting what="your purchase" />
        ) : isCartKnown.value ? (
          <div class="nothing">
            <h3>Your cart is empty</h3>
            <p class="quiet">What you add waits for you here, in every tab of this browser.</p>
            <button type="button" onClick={close}>
              Look at the products
            </button>
          </div>
        ) : (
          <Waiting what="your cart" />
        )}
      </div>
      <Foot />
    </>
  );
}

function Foot() {
  const { route } = useLocation();
  const now = checkout.value;
  const isEmpty = lines.value.length === 0;
  const sum = total.value;
  const showOrder = (order: Order) => {
    close();
    route(`/shop/orders/${order.order_id}`);
  };
  if (isEmpty && now.state !== "failed") return null;
  return (
    <div class="cart-foot">
      {now.state === "failed" && (
        <Notice kind="error">
          <p>{now.message}</p>
          {now.isUnknown && <a href="/shop/orders">Your orders</a>}
        </Notice>
      )}
      {hasGone.value && <Notice kind="warning">Some of it is no longer sold. Remove it to buy the rest.</Notice>}
      {!isEmpty && (
        <p class="cart-total">
          <span>
            Total <span class="quiet">({count(pieces.value, "item")})</span>
          </span>
          <strong>{sum === null ? "…" : money(sum)}</strong>
        </p>
      )}
      {!isEmpty && changedLines.value.length > 0 && !hasGone.value ? (
        <Changed />
      ) : (
        !isEmpty && (
          <button
            type="button"
            class="primary large"
            disabled={now.state === "buying" || hasGone.value || sum === null}
            onClick={() => void buy(showOrder)}
          >
            {now.state === "buying" ? "Buying…" : sum === null || hasGone.value ? "Check out" : `Check out for ${money(sum)}`}
          </button>
        )
      )}
    </div>
  );
}

/** Nobody pays a price that was not looked at: until the new ones are taken there is no way to check out. */
function Changed() {
  const changed = changedLines.value;
  const accept = () => {
    const products = changed.map(({ id }) => known.peek().get(id)).filter((product) => product !== undefined && product !== "gone");
    see(products);
    announce("The new prices are taken. You can check out now.");
  };
  return (
    <Notice kind="warning">
      <p>
        <strong>{changed.length === 1 ? "A price has" : `${changed.length} prices have`} changed since you put it in.</strong> Look at the new total
        before you buy.
      </p>
      <button type="button" class="primary" onClick={accept}>
        Accept the new {changed.length === 1 ? "price" : "prices"}
      </button>
    </Notice>
  );
}
