// One order: its number, what was bought at which price, and the sum. After a purchase this is the receipt.
import { useRoute } from "preact-iso/router";

import { type Order, shop, ShopError } from "../lib/api";
import { cents } from "../lib/money";
import { useLoad } from "../ui/load";
import { Failed, Notice, Waiting } from "../ui/notice";
import { bought } from "./checkout";
import { money } from "./currency";
import { returns } from "./following";
import { shopper } from "./shopper";
import { showTime } from "./time";
import { useTitle } from "./title";

export function OrderView() {
  const id = useRoute().params["id"] ?? "";
  const asked = useLoad(() => read(id), [id, returns.value]);
  const answer = asked.value?.id === id ? asked.value : undefined;
  useTitle("Your order");
  if (bought.value?.order_id === id) return <Shown order={bought.value} isNew />;
  if (asked.error !== undefined) return <Failed what="the order" error={asked.error} onRetry={asked.reload} />;
  if (!answer) return <Waiting what="the order" />;
  return answer.order ? <Shown order={answer.order} isNew={false} /> : <NotThere />;
}

async function read(id: string): Promise<{ id: string; order: Order | null }> {
  const made = bought.peek();
  if (made?.order_id === id) return { id, order: made };
  try {
    return { id, order: await shop.order(shopper, id) };
  } catch (error) {
    if (error instanceof ShopError && (error.status === 404 || error.status === 422)) return { id, order: null };
    throw error;
  }
}

function Shown({ order, isNew }: { order: Order; isNew: boolean }) {
  const show = (amount: number) => money(cents(amount), order.currency);
  return (
    <div class="receipt">
      <p class="back">
        <a href="/shop/orders">
          <span aria-hidden="true">← </span>All orders
        </a>
      </p>
      {isNew && (
        <Notice kind="good">
          <p>
            <strong>Thank you, it is ordered.</strong>
          </p>
        </Notice>
      )}
      <div class="view-head">
        <h1>Your order</h1>
        <dl class="facts">
          <dt>Order number</dt>
          <dd class="mono order-number">{order.order_id}</dd>
          <dt>Placed</dt>
          <dd>
            <time dateTime={order.placed_at}>{showTime(order.placed_at)}</time>
          </dd>
        </dl>
      </div>
      <div class="card">
        <table class="receipt-table" aria-label="What was ordered">
          <thead>
            <tr>
              <th scope="col">Product</th>
              <th scope="col" class="number if-wide">
                Price
              </th>
              <th scope="col" class="number if-wide">
                Quantity
              </th>
              <th scope="col" class="number">
                Sum
              </th>
            </tr>
          </thead>
          <tbody>
            {order.items.map((item) => (
              <tr key={item.product_id}>
                <td>
                  <a href={`/shop/products/${item.product_id}`}>{item.name}</a>
                  <span class="quiet if-narrow">
                    {item.quantity.toLocaleString("en")} × {show(item.unit_price)}
                  </span>
                </td>
                <td class="number if-wide">{show(item.unit_price)}</td>
                <td class="number if-wide">{item.quantity.toLocaleString("en")}</td>
                <td class="number">{show(item.total)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <td class="if-wide" colSpan={2} />
              <td class="number">
                <strong>{show(order.total)}</strong>
              </td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p>
        <a class="button primary" href="/shop">
          Continue shopping
        </a>
      </p>
    </div>
  );
}

function NotThere() {
  return (
    <div class="nothing">
      <h1>There is no such order</h1>
      <p class="quiet">Orders are shown in the browser that they were made in.</p>
      <a class="button primary" href="/shop/orders">
        Your orders
      </a>
    </div>
  );
}
