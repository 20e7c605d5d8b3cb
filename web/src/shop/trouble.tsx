// Says that the server does not answer, what becomes of what the shopper wanted, and how to stop waiting for it.
import { Notice } from "../ui/notice";
import { giveUp as giveUpChanges, isWaiting } from "./cart";
import { checkout, giveUp as giveUpPurchase } from "./checkout";
import { isAway } from "./following";

export function Trouble() {
  const buying = checkout.value;
  if (buying.state === "buying" && (buying.isWaiting || isWaiting.value))
    return (
      <div class="trouble">
        <Notice kind="warning">
          <p>
            <strong>The shop does not answer; trying again…</strong> Your purchase goes on when it is back, and nothing is bought twice.
          </p>
          <button type="button" onClick={giveUpPurchase}>
            Give up
          </button>
        </Notice>
      </div>
    );
  if (isWaiting.value)
    return (
      <div class="trouble">
        <Notice kind="warning">
          <p>
            <strong>The shop does not answer; trying again…</strong> What you changed is written when it is back.
          </p>
          <button type="button" onClick={giveUpChanges}>
            Give up
          </button>
        </Notice>
      </div>
    );
  if (isAway.value)
    return (
      <div class="trouble">
        <Notice kind="warning">
          <p>The connection to the shop is gone; trying again… Prices and your cart may be others by now.</p>
        </Notice>
      </div>
    );
  return null;
}
