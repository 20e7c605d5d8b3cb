// The top of every view: where one is, the search, and the cart with what is in it.
import { useLocation } from "preact-iso/router";

import { count, money } from "./currency";
import { isDrawerOpen } from "./following";
import { CartIcon } from "./icons";
import { lines, pieces, total } from "./lines";
import { Search } from "./search";

export function Header() {
  const { path } = useLocation();
  return (
    <header class="top">
      <div class="wide top-row">
        <a class="brand" href="/shop">
          <img src="/favicon.svg" alt="" width="28" height="28" /> Cartwheel
        </a>
        <Search />
        <nav aria-label="Shop">
          <a href="/shop/orders" aria-current={path === "/shop/orders" ? "page" : undefined}>
            Orders
          </a>
          <a href="/dashboard">Dashboard</a>
        </nav>
        <CartButton />
      </div>
    </header>
  );
}

function CartButton() {
  const sum = total.value;
  return (
    <button type="button" class="cart-button" aria-haspopup="dialog" onClick={() => (isDrawerOpen.value = true)}>
      <CartIcon />
      <span class="cart-word">Cart</span>
      <span class="badge" data-empty={lines.value.length === 0}>
        <span aria-hidden="true">{pieces.value.toLocaleString("en", { notation: "compact" })}</span>
        <span class="spoken">{count(pieces.value, "item")}</span>
      </span>
      {lines.value.length > 0 && sum !== null && <span class="cart-sum">{money(sum)}</span>}
    </button>
  );
}
