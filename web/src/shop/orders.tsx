// The shopper's orders, newest first.
import { useLocation } from "preact-iso/router";

import { type Order, type Page, shop } from "../lib/api";
import { cents } from "../lib/money";
import { useLoad } from "../ui/load";
import { Failed, Waiting } from "../ui/notice";
import { bought } from "./checkout";
import { count, money } from "./currency";
import { ordersVersion, returns } from "./following";
import { shopper } from "./shopper";
import { showTime } from "./time";
import { useTitle } from "./title";

const namesShown = 3;

export function OrdersView() {
  const after = useLocation().query["after"] ?? "";
  const orders = useLoad(async () => ({ after, page: await shop.orders(shopper, { after }) }), [after, ordersVersion.value, returns.value]);
  const answer = orders.value?.after === after ? orders.value.page : undefined;
  useTitle("Your orders");
  return (
    <>
      <div class="view-head">
        <h1>Your orders</h1>
      </div>
      {orders.error !== undefined ? (
        <Failed what="your orders" error={orders.error} onRetry={orders.reload} />
      ) : !answer ? (
        <Waiting what="your orders" />
      ) : (
        <List page={answer} after={after} />
      )}
    </>
  );
}

function List({ page, after }: { page: Page<Order>; after: string }) {
  const newest = bought.value;
  // On a cluster the history hears of an order some moments after the shopper does.
  const isMissing = newest && !after && !page.items.some(({ order_id }) => order_id === newest.order_id);
  const orders = isMissing ? [newest, ...page.items] : page.items;
  if (orders.length === 0)
    return (
      <div class="nothing">
        <h2>{after ? "There are no older orders" : "No orders yet"}</h2>
        <p class="quiet">What you buy in this browser is kept here.</p>
        <a class="button primary" href="/shop">
          Look at the products
        </a>
      </div>
    );
  return (
    <>
      <ul class="orders" aria-label="Orders">
        {orders.map((order) => (
          <li key={order.order_id} class="card order-card">
            <div>
              <a class="order-link" href={`/shop/orders/${order.order_id}`}>
                {showTime(order.placed_at)}
              </a>
              <p class="quiet order-number">
                No. <span class="mono">{order.order_id}</span>
              </p>
              <p>{contentsOf(order)}</p>
            </div>
            <strong class="order-sum">{money(cents(order.total), order.currency)}</strong>
          </li>
        ))}
      </ul>
      {(after || page.next) && (
        <nav class="pages" aria-label="Pages">
          {after && (
            <a class="button" href="/shop/orders">
              Newest orders
            </a>
          )}
          {page.next && (
            <a class="button" href={`/shop/orders?after=${encodeURIComponent(page.next)}`}>
              Older orders
            </a>
          )}
        </nav>
      )}
    </>
  );
}

function contentsOf({ items }: Order): string {
  const names = items.slice(0, namesShown).map(({ name, quantity }) => `${quantity.toLocaleString("en")} × ${name}`);
  const more = items.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${count(more, "more product", "more products")}` : names.join(", ");
}
