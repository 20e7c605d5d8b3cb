// The catalogue: search, pages, editing, adding, deleting, and CSV in and out.
import { useEffect, useRef, useState } from "preact/hooks";

import { type Product, shop } from "../../lib/api";
import { cents, showMoney } from "../../lib/money";
import { useLoad } from "../../ui/load";
import { Failed, Notice, Waiting } from "../../ui/notice";
import { Picture } from "../../ui/picture";
import { DeleteDialog, ProductDialog } from "./edit";
import { ImportPanel } from "./import-panel";
import "./view.css";

const pageProducts = 25;

type Open = { dialog: "edit"; product: Product } | { dialog: "add" } | { dialog: "delete"; product: Product } | undefined;

export function ProductsView() {
  const info = useLoad(() => shop.info(), []);
  const [words, setWords] = useState("");
  /** The cursors of the pages before this one; the first page has none. */
  const [trail, setTrail] = useState<string[]>([]);
  const after = trail.at(-1);
  const page = useLoad((signal) => shop.products({ q: words.trim() || undefined, limit: pageProducts, after }, signal), [words, after]);
  const [open, setOpen] = useState<Open>();
  const [done, setDone] = useState("");
  const [file, setFile] = useState<File>();
  const { isOver, ...dropping } = useDrop(setFile);
  const title = useRef<HTMLHeadingElement>(null);

  const finish = (message: string) => {
    setOpen(undefined);
    setDone(message);
    page.reload();
    // The button that opened the dialog may be gone with its product.
    title.current?.focus();
  };
  const search = (text: string) => {
    setTrail([]);
    setWords(text);
  };

  return (
    <div class={`stack products-view ${isOver ? "products-over" : ""}`} {...dropping}>
      <div class="row">
        <div class="grow">
          <h1 ref={title} tabIndex={-1}>
            Products
          </h1>
          <p class="quiet">The catalogue as the shop sells it now.</p>
        </div>
        <a class="button" href="/products/export" download="products.csv">
          Export CSV
        </a>
        <button type="button" class="primary" onClick={() => setOpen({ dialog: "add" })}>
          Add a product
        </button>
      </div>
      <div class="products">
        <div class="stack products-list">
          <label>
            Search
            <input type="search" value={words} onInput={(event) => search(event.currentTarget.value)} autocomplete="off" placeholder="Words of a name" />
          </label>
          {done && <Notice kind="good">{done}</Notice>}
          {page.error && <Failed what="the products" error={page.error} onRetry={page.reload} />}
          {!page.value && !page.error && <Waiting what="the products" />}
          {page.value && page.value.items.length === 0 && (
            <p class="quiet" role="status">
              {words.trim() === "" ? "There are no products yet. Add one, or drop a CSV file here." : `No product's name has "${words.trim()}" in it.`}
            </p>
          )}
          {page.value && page.value.items.length > 0 && (
            <>
              <ProductTable products={page.value.items} currency={info.value?.currency ?? ""} onOpen={setOpen} />
              <nav class="row" aria-label="Pages">
                <button type="button" disabled={trail.length === 0} onClick={() => setTrail(trail.slice(0, -1))}>
                  Page before
                </button>
                <button type="button" disabled={page.value.next === null} onClick={() => page.value?.next && setTrail([...trail, page.value.next])}>
                  Page after
                </button>
                <span class="quiet">Page {trail.length + 1}</span>
              </nav>
            </>
          )}
        </div>
        <ImportPanel file={file} onFile={setFile} onImported={page.reload} />
      </div>
      {open?.dialog === "add" && <ProductDialog product={undefined} onSaved={finish} onClose={() => setOpen(undefined)} />}
      {open?.dialog === "edit" && <ProductDialog product={open.product} onSaved={finish} onClose={() => setOpen(undefined)} />}
      {open?.dialog === "delete" && <DeleteDialog product={open.product} onDeleted={finish} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function ProductTable({ products, currency, onOpen }: { products: Product[]; currency: string; onOpen: (open: Open) => void }) {
  return (
    <div class="scroll card products-table" tabIndex={0} role="region" aria-label="Products">
      <table>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col" class="number">
              Price
            </th>
            <th scope="col">
              <span class="spoken">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {products.map((product) => (
            <tr key={product.id}>
              <td>
                <span class="products-product">
                  <Picture img={product.img} name={product.name} size="small" />
                  <span>
                    {product.name}
                    <span class="mono quiet products-id">{product.id}</span>
                  </span>
                </span>
              </td>
              <td class="number">{showMoney(cents(product.price), currency)}</td>
              <td>
                <span class="products-actions">
                  <button type="button" aria-label={`Edit ${product.name}`} onClick={() => onOpen({ dialog: "edit", product })}>
                    Edit
                  </button>
                  <button type="button" aria-label={`Delete ${product.name}`} onClick={() => onOpen({ dialog: "delete", product })}>
                    Delete
                  </button>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Takes a file that is dropped anywhere on the view. Elsewhere on the page a file is not opened instead of it, which a browser would do. */
function useDrop(onFile: (file: File) => void) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const refuse = (event: DragEvent) => event.preventDefault();
    document.addEventListener("dragover", refuse);
    document.addEventListener("drop", refuse);
    return () => {
      document.removeEventListener("dragover", refuse);
      document.removeEventListener("drop", refuse);
    };
  }, []);
  return {
    isOver,
    onDragOver(event: DragEvent) {
      event.preventDefault();
      if (event.dataTransfer?.types.includes("Files")) setOver(true);
    },
    onDragLeave(event: DragEvent) {
      if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop(event: DragEvent) {
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) onFile(file);
    },
  };
}
