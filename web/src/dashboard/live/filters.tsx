// Which changes the list shows. A product is chosen by its name, or by an id for one that is gone.
import { useEffect, useRef, useState } from "preact/hooks";

import { type Product, shop } from "../../lib/api";
import type { Table } from "../../lib/changes";
import { tables } from "./address";
import type { ProductNames } from "./names";
import { nameIn } from "./rows";
import type { Filter } from "./tail";

const tableLabels: Record<Table, string> = { product: "Products", cart: "Carts", cart_items: "Items of carts", orders: "Orders" };
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const typingPause = 200;

export function Filters({ filter, names, onFilter }: { filter: Filter; names: ProductNames; onFilter: (filter: Filter) => void }) {
  const [user, setUser] = useState(filter.user_id ?? "");
  useEffect(() => setUser(filter.user_id ?? ""), [filter.user_id]);
  const change = (part: { [K in keyof Filter]?: Filter[K] | undefined }) => {
    const next = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined && value !== "");
    onFilter(Object.fromEntries(next) as Filter);
  };
  return (
    <form class="filters" aria-label="Filter" onSubmit={(event) => event.preventDefault()}>
      <label>
        Table
        <select value={filter.table ?? ""} onChange={(event) => change({ table: (event.currentTarget.value || undefined) as Table | undefined })}>
          <option value="">All tables</option>
          {tables.map((table) => (
            <option key={table} value={table}>
              {tableLabels[table]}
            </option>
          ))}
        </select>
      </label>
      <label>
        User
        <input
          type="text"
          value={user}
          maxLength={256}
          autocomplete="off"
          spellcheck={false}
          placeholder="All users"
          onInput={(event) => setUser(event.currentTarget.value)}
          onChange={() => change({ user_id: user.trim() || undefined })}
        />
      </label>
      <ProductField id={filter.product_id} names={names} onProduct={(product_id) => change({ product_id })} />
      {Object.keys(filter).length > 0 && (
        <button type="button" onClick={() => onFilter({})}>
          Clear filter
        </button>
      )}
    </form>
  );
}

function ProductField({ id, names, onProduct }: { id: string | undefined; names: ProductNames; onProduct: (id: string | undefined) => void }) {
  const chosen = id === undefined ? "" : nameIn(names)(id);
  const [text, setText] = useState(chosen);
  const [found, setFound] = useState<Product[]>([]);
  const [problem, setProblem] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    setText(chosen);
    setProblem("");
  }, [chosen]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const search = async (q: string): Promise<Product[]> => {
    const products = (await shop.products({ q, limit: 20 })).items;
    setFound(products);
    return products;
  };
  const onInput = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    if (next.trim().length > 1) timer.current = setTimeout(() => void search(next.trim()).catch(() => setFound([])), typingPause);
  };
  const choose = async () => {
    const wanted = text.trim();
    setProblem("");
    if (wanted === chosen) return;
    if (wanted === "" || isId.test(wanted)) return onProduct(wanted.toLowerCase() || undefined);
    try {
      const products = await search(wanted);
      const exact = products.find(({ name }) => name.toLowerCase() === wanted.toLowerCase()) ?? (products.length === 1 ? products[0] : undefined);
      if (exact) onProduct(exact.id);
      else setProblem(products.length === 0 ? "No product has this name." : "Several products fit; choose one of them.");
    } catch {
      setProblem("The shop does not answer; try again.");
    }
  };
  return (
    <label>
      Product
      <input
        type="text"
        list="live-products"
        value={text}
        autocomplete="off"
        placeholder="All products"
        aria-describedby={problem ? "live-product-problem" : undefined}
        aria-invalid={problem !== ""}
        onInput={(event) => onInput(event.currentTarget.value)}
        onChange={() => void choose()}
      />
      <datalist id="live-products">
        {found.map((product) => (
          <option key={product.id} value={product.name} />
        ))}
      </datalist>
      {problem && (
        <span class="field-problem" id="live-product-problem" role="alert">
          {problem}
        </span>
      )}
    </label>
  );
}
