// The products, a page of them at a time, all or those that were searched for.
import { useLocation } from "preact-iso/router";
import { useEffect, useRef } from "preact/hooks";

import { type Page, type Product, shop } from "../lib/api";
import { useLoad } from "../ui/load";
import { Failed, Waiting } from "../ui/notice";
import { announce } from "./announce";
import { Card } from "./card";
import { count } from "./currency";
import { returns } from "./following";
import { learn } from "./known";
import { catalogueAddress } from "./search";
import { useTitle } from "./title";

const pagesKept = 20;

/** What was shown lately, by address: so that going back shows it at once, where the shopper was in it. */
const shown = new Map<string, Page<Product>>();
/** The address of the page before, for pages that were come to by Next. The server's cursors lead forward only. */
const before = new Map<string, string>();

function remember<T>(map: Map<string, T>, address: string, value: T): void {
  map.delete(address);
  map.set(address, value);
  for (const oldest of map.keys()) {
    if (map.size <= pagesKept) break;
    map.delete(oldest);
  }
}

export function Catalogue() {
  const { query } = useLocation();
  const q = (query["q"] ?? "").trim();
  const after = query["after"] ?? "";
  const address = catalogueAddress(q, after);
  const heading = useRef<HTMLHeadingElement>(null);
  const products = useLoad(
    async (signal) => {
      const page = await shop.products({ q, after }, signal);
      if (signal.aborted) return page;
      learn(page.items);
      remember(shown, address, page);
      return page;
    },
    [address, returns.value],
  );
  const page = products.isLoading ? (shown.get(address) ?? products.value) : products.value;
  useTitle(q ? `“${q}”` : "Shop");

  const pageBefore = useRef(after);
  useEffect(() => {
    if (pageBefore.current === after) return;
    pageBefore.current = after;
    if (document.activeElement?.closest(".pages") || document.activeElement === document.body) {
      scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
  }, [after]);
  useEffect(() => {
    if (q && !products.isLoading && page) announce(found(page, q));
  }, [products.isLoading, q, after]);

  if (products.error !== undefined) return <Failed what="the products" error={products.error} onRetry={products.reload} />;
  if (!page) return <Waiting what="the products" />;
  return (
    <>
      <div class="view-head">
        <h1 ref={heading} tabIndex={-1}>
          {q ? `Results for “${q}”` : "All products"}
        </h1>
        {page.items.length > 0 && <p class="quiet">{amountOf(page, after)}</p>}
      </div>
      {page.items.length === 0 ? (
        <Nothing q={q} isFirstPage={after === ""} />
      ) : (
        <ul class="grid" aria-label="Products" aria-busy={products.isLoading}>
          {page.items.map((product) => (
            <Card key={product.id} product={product} />
          ))}
        </ul>
      )}
      <Pages q={q} after={after} next={page.next} />
    </>
  );
}

function amountOf(page: Page<Product>, after: string): string {
  if (!page.next && !after) return count(page.items.length, "product");
  return page.next ? `${count(page.items.length, "product")} on this page` : `${count(page.items.length, "product")}, the last ones`;
}

function found(page: Page<Product>, q: string): string {
  if (page.items.length === 0) return `Nothing found for “${q}”.`;
  return `${count(page.items.length, "product")}${page.next ? " on this page, with more on the next" : ""} for “${q}”.`;
}

function Nothing({ q, isFirstPage }: { q: string; isFirstPage: boolean }) {
  if (q)
    return (
      <div class="nothing">
        <h2>Nothing found for “{q}”</h2>
        <p class="quiet">Try another word or only its beginning: the search finds the names that hold every word you give.</p>
        <a class="button" href="/shop">
          Show all products
        </a>
      </div>
    );
  if (!isFirstPage)
    return (
      <div class="nothing">
        <h2>There are no products beyond this</h2>
        <a class="button" href="/shop">
          Back to the first page
        </a>
      </div>
    );
  return (
    <div class="nothing">
      <h2>The shop has no products yet</h2>
      <p class="quiet">
        Start the server with <code>cartwheel serve --sample</code> for a catalogue to try it with, or bring your own.
      </p>
      <a class="button primary" href="/dashboard/products">
        Add products
      </a>
    </div>
  );
}

function Pages({ q, after, next }: { q: string; after: string; next: string | null }) {
  if (!after && !next) return null;
  const here = catalogueAddress(q, after);
  const previous = before.get(here);
  const following = next && catalogueAddress(q, next);
  return (
    <nav class="pages" aria-label="Pages">
      {after && previous !== catalogueAddress(q) && (
        <a class="button" href={catalogueAddress(q)}>
          First page
        </a>
      )}
      {previous && (
        <a class="button" href={previous}>
          Previous page
        </a>
      )}
      {following && (
        <a class="button" href={following} onClick={() => remember(before, following, here)}>
          Next page
        </a>
      )}
    </nav>
  );
}
