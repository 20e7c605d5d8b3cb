// The dashboard's frame: which view is at which address.
import type { ComponentChildren } from "preact";
import { LocationProvider, Route, Router, useLocation } from "preact-iso/router";
import { useEffect, useRef } from "preact/hooks";

import { CartsView } from "./carts/view";
import { HealthView } from "./health/view";
import { LiveView } from "./live/view";
import { ProductsView } from "./products/view";
import { QuestionsView } from "./questions/view";

const views = [
  { path: "/dashboard", name: "Live", component: LiveView },
  { path: "/dashboard/questions", name: "Questions", component: QuestionsView },
  { path: "/dashboard/carts", name: "Carts", component: CartsView },
  { path: "/dashboard/products", name: "Products", component: ProductsView },
  { path: "/dashboard/health", name: "Health", component: HealthView },
];

export function App() {
  return (
    <LocationProvider scope="/dashboard">
      <Frame>
        <Router>
          {views.map(({ path, component }) => (
            <Route key={path} path={path} component={component} />
          ))}
          <Route default component={NotThere} />
        </Router>
      </Frame>
    </LocationProvider>
  );
}

function Frame({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${views.find((view) => view.path === path)?.name ?? "Not found"} · Cartwheel dashboard`;
    // Who changes the view by keyboard or hears the page goes on at its top.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [path]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the view
      </a>
      <header class="top">
        <a class="brand" href="/dashboard">
          <img src="/favicon.svg" alt="" width="28" height="28" /> Cartwheel
        </a>
        <nav aria-label="Views">
          {views.map((view) => (
            <a key={view.path} href={view.path} aria-current={view.path === path ? "page" : undefined}>
              {view.name}
            </a>
          ))}
        </nav>
        <a class="to-shop" href="/shop">
          Open the shop
        </a>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function NotThere() {
  return (
    <>
      <h1>There is no such view</h1>
      <p>
        <a href="/dashboard">Back to what happens now</a>
      </p>
    </>
  );
}
