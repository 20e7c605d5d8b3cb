// Puts a product into the cart from wherever it is shown.
import type { Product } from "../lib/api";
import { announce } from "./announce";
import { problems, quantityOf, setQuantity } from "./cart";
import { learn } from "./known";
import { see } from "./seen";

/** `count` more of it. The price that is shown here is the one that the shopper has seen. */
export function add(product: Product, count: number): void {
  see([product]);
  learn([product]);
  setQuantity(product.id, quantityOf(product.id) + count);
  if (!problems.peek().has(product.id)) announce(`${product.name}: ${quantityOf(product.id)} in the cart.`);
}
