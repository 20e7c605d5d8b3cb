// One product, large, with how many of it to put into the cart.
import { useRoute } from "preact-iso/router";
import { useState } from "preact/hooks";

import { type Product, shop, ShopError } from "../lib/api";
import { cents } from "../lib/money";
import { useLoad } from "../ui/load";
import { Failed, Waiting } from "../ui/notice";
import { Picture } from "../ui/picture";
import { add } from "./adding";
import { problems, quantities, quantityMax } from "./cart";
import { count, money } from "./currency";
import { isDrawerOpen, returns } from "./following";
import { CheckIcon } from "./icons";
import { learn, learnGone } from "./known";
import { Quantity } from "./quantity";
import { useTitle } from "./title";

export function ProductView() {
  const id = useRoute().params["id"] ?? "";
  const asked = useLoad(() => read(id), [id, returns.value]);
  // An answer for the product before is none for this.
  const answer = asked.value?.id === id ? asked.value : undefined;
  if (asked.error !== undefined) return <Failed what="the product" error={asked.error} onRetry={asked.reload} />;
  if (!answer) return <Waiting what="the product" />;
  return answer.product ? <Shown key={id} product={answer.product} /> : <Gone />;
}

async function read(id: string): Promise<{ id: string; product: Product | null }> {
  try {
    const product = await shop.product(id);
    learn([product]);
    return { id, product };
  } catch (error) {
    // 422: this was never the id of a product.
    if (!(error instanceof ShopError) || (error.status !== 404 && error.status !== 422)) throw error;
    learnGone(id);
    return { id, product: null };
  }
}

function Shown({ product }: { product: Product }) {
  const [quantity, setQuantity] = useState(1);
  const inCart = quantities.value.get(product.id) ?? 0;
  const problem = problems.value.get(product.id);
  useTitle(product.name);
  const step = (by: number) => setQuantity((now) => Math.min(Math.max(now + by, 1), quantityMax));
  return (
    <>
      <p class="back">
        <a href="/shop">
          <span aria-hidden="true">← </span>All products
        </a>
      </p>
      <article class="product">
        <Picture img={product.img} name={product.name} size="large" />
        <div class="product-side">
          <h1>{product.name}</h1>
          <p class="price price-large">{money(cents(product.price))}</p>
          <div class="field">
            <span class="field-name" aria-hidden="true">
              Quantity
            </span>
            <Quantity name={product.name} value={quantity} onSet={setQuantity} onStep={step} />
          </div>
          <button type="button" class="primary large" onClick={() => add(product, quantity)}>
            Add to cart
          </button>
          {problem && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
          {inCart > 0 && (
            <p class="in-cart-words">
              <CheckIcon /> {count(inCart, "item")} in your cart
              <button type="button" class="link-button" onClick={() => (isDrawerOpen.value = true)}>
                Look at the cart
              </button>
            </p>
          )}
        </div>
      </article>
    </>
  );
}

function Gone() {
  useTitle("No longer sold");
  return (
    <div class="nothing">
      <h1>This product is no longer sold</h1>
      <p class="quiet">It may have been taken out of the catalogue, or the address is not complete.</p>
      <a class="button primary" href="/shop">
        Back to all products
      </a>
    </div>
  );
}
