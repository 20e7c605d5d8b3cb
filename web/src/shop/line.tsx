// One line of the cart.
import { Picture } from "../ui/picture";
import { quantityOf, setQuantity } from "./cart";
import { money } from "./currency";
import type { Line } from "./lines";
import { Quantity } from "./quantity";

interface Props {
  line: Line;
  /** It is being bought as it is. */
  isLocked: boolean;
  onRemove: () => void;
  /** A link leads away from the cart. */
  onLeave: () => void;
}

export function CartLine({ line, isLocked, onRemove, onLeave }: Props) {
  const { id, name, img, quantity, price, was, isGone, problem } = line;
  return (
    <li class="cart-line">
      <Picture img={img} name={name} size="small" />
      <div class="cart-line-words">
        {isGone ? (
          <span class="line-name">{name}</span>
        ) : (
          <a class="line-name" href={`/shop/products/${id}`} onClick={onLeave}>
            {name}
          </a>
        )}
        {isGone ? (
          <p class="problem">No longer sold</p>
        ) : was !== null && price !== null ? (
          <p class="changed-price">
            was <s>{money(was)}</s>, now <strong>{money(price)}</strong>
          </p>
        ) : (
          <p class="quiet">{price === null ? "…" : `${money(price)} each`}</p>
        )}
      </div>
      <span class="line-total">{price !== null && money(price * quantity)}</span>
      <fieldset class="line-tools" disabled={isLocked}>
        <legend class="spoken">{name}</legend>
        {!isGone && (
          <Quantity name={name} value={quantity} onSet={(to) => setQuantity(id, to)} onStep={(by) => setQuantity(id, Math.max(quantityOf(id) + by, 1))} />
        )}
        <button type="button" class="link-button" aria-label={`Remove ${name}`} onClick={onRemove}>
          Remove
        </button>
      </fieldset>
      {problem && (
        <p class="problem line-problem" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}
