// The storefront's frame: which view is at which address, with header, footer and the cart around it.
import type { ComponentChildren } from "preact";
import { LocationProvider, Route, Router, useLocation } from "preact-iso/router";
import { useEffect, useRef } from "preact/hooks";

import type { Order } from "../lib/api";
import { Announcements } from "./announce";
import { Catalogue } from "./catalogue";
import { resume } from "./checkout";
import { Drawer } from "./drawer";
import { isDrawerOpen } from "./following";
import { Header } from "./header";
import { OrderView } from "./order";
import { OrdersView } from "./orders";
import { ProductView } from "./product";
import { Trouble } from "./trouble";

/** Addresses of the shop; the dashboard and the documentation have pages of their own. */
const scope = /^\/(?:$|[?#]|shop(?:$|[/?#]))/;

export function App() {
  return (
    <LocationProvider scope={scope}>
      <Frame>
        <Router>
          <Route path="/" component={Catalogue} />
          <Route path="/shop" component={Catalogue} />
          <Route path="/shop/products/:id" component={ProductView} />
          <Route path="/shop/orders" component={OrdersView} />
          <Route path="/shop/orders/:id" component={OrderView} />
          <Route default component={NotThere} />
        </Router>
      </Frame>
    </LocationProvider>
  );
}

function Frame({ children }: { children: ComponentChildren }) {
  const { path, route } = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    const showOrder = (order: Order) => {
      isDrawerOpen.value = false;
      route(`/shop/orders/${order.order_id}`);
    };
    if (resume(showOrder)) isDrawerOpen.value = true;
  }, []);
  useEffect(() => {
    // Who changes the view by keyboard or hears the page goes on at its top; who is typing goes on typing.
    if (!isFirst.current && !(document.activeElement instanceof HTMLInputElement)) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      {!isDrawerOpen.value && <Trouble />}
      <main id="main" ref={main} tabIndex={-1} class="wide">
        {children}
      </main>
      <footer class="foot">
        <nav class="wide" aria-label="About">
          <span>Cartwheel</span>
          <a href="/docs">API</a>
          <a href="/start">How to ask it</a>
          <a href="/dashboard">Dashboard</a>
          <a href="/licenses.txt">Licences</a>
        </nav>
      </footer>
      {isDrawerOpen.value ? <Drawer /> : <Announcements />}
    </>
  );
}

function NotThere() {
  return (
    <div class="stack">
      <h1>There is no such page</h1>
      <p>
        <a href="/shop">Back to the catalogue</a>
      </p>
    </div>
  );
}
