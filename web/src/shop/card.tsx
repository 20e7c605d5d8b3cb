// A product in the catalogue. The whole card leads to it; the button puts one into the cart.
import type { Product } from "../lib/api";
import { cents } from "../lib/money";
import { Picture } from "../ui/picture";
import { add } from "./adding";
import { problems, quantities } from "./cart";
import { money } from "./currency";

export function Card({ product }: { product: Product }) {
  const inCart = quantities.value.get(product.id) ?? 0;
  const problem = problems.value.get(product.id);
  return (
    <li class="product-card">
      <Picture img={product.img} name={product.name} size="card" />
      {inCart > 0 && <span class="in-cart">{inCart.toLocaleString("en")} in cart</span>}
      <div class="product-words">
        <a class="product-name" href={`/shop/products/${product.id}`}>
          {product.name}
        </a>
        <span class="price">{money(cents(product.price))}</span>
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <button type="button" class="add" aria-label={`Add to cart: ${product.name}`} onClick={() => add(product, 1)}>
          Add to cart
        </button>
      </div>
    </li>
  );
}
