// The search field. The address follows what is typed after a short pause, so that reloading, going back and sending the address on work; the
// catalogue shows what the address says.
import { useLocation } from "preact-iso/router";
import { useEffect, useRef, useState } from "preact/hooks";

import { SearchIcon } from "./icons";

const pauseMilliseconds = 150;
/** A request's target has 8 KiB, and a letter may take 12 of them. */
const lettersMax = 200;

export function catalogueAddress(q: string, after?: string | null): string {
  const query = new URLSearchParams({ ...(q && { q }), ...(after && { after }) }).toString();
  return query ? `/shop?${query}` : "/shop";
}

export function Search() {
  const { path, query, route } = useLocation();
  const isCatalogue = path === "/" || path === "/shop";
  const q = isCatalogue ? (query["q"] ?? "") : "";
  const [typed, setTyped] = useState(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(q);

  useEffect(() => {
    // The address has changed by a link or the browser's back, and not by what was typed here.
    if (q !== asked.current) setTyped(q);
    asked.current = q;
  }, [q]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const ask = (text: string) => {
    clearTimeout(timer.current);
    const next = text.trim();
    if (next === asked.current && isCatalogue) return;
    // Letters of one search are one step back.
    const isStep = !isCatalogue || asked.current === "";
    asked.current = next;
    route(catalogueAddress(next), !isStep);
  };
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        ask(typed);
      }}
    >
      <SearchIcon />
      <input
        type="search"
        name="q"
        aria-label="Search products"
        placeholder="Search products"
        autocomplete="off"
        maxLength={lettersMax}
        value={typed}
        onInput={({ currentTarget: { value } }) => {
          setTyped(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => ask(value), pauseMilliseconds);
        }}
      />
    </form>
  );
}
