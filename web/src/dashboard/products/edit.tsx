// A product in a dialog: changed, added, or deleted after a question. What the server finds wrong with a field is said at that field.
import { useState } from "preact/hooks";

import { call, messageOf, type Product, shop, ShopError } from "../../lib/api";
import { randomId } from "../../lib/ids";
import { Dialog } from "../../ui/dialog";
import { Notice } from "../../ui/notice";
import { Picture } from "../../ui/picture";

interface Draft {
  id: string;
  name: string;
  img: string;
  /** As it was typed; the server reads it. */
  price: string;
}

const fields = [
  { name: "name", title: "Name", hint: "" },
  { name: "price", title: "Price", hint: "Two decimals at most, such as 12.90" },
  { name: "img", title: "Picture", hint: "A path on this server such as /images/mug.svg, or a data: address; pictures of other hosts are not shown" },
  { name: "id", title: "Id", hint: "A UUID; it cannot be changed later" },
] as const;

/** Without a product: a new one. */
export function ProductDialog({ product, onSaved, onClose }: { product: Product | undefined; onSaved: (message: string) => void; onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(() => (product ? { ...product, price: product.price.toFixed(2) } : { id: randomId(), name: "", img: "", price: "" }));
  const [problems, setProblems] = useState<Map<string, string>>(new Map());
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);

  const save = async () => {
    setBusy(true);
    setError("");
    setProblems(new Map());
    try {
      const id = draft.id.trim();
      if (!product && (await exists(id))) return setProblems(new Map([["id", "There is a product with this id already; edit that one, or take another id"]]));
      await call<object>("PUT", `/products/${encodeURIComponent(id)}`, { json: { ...draft, id, price: draft.price.trim() } });
      onSaved(product ? `${draft.name} is saved.` : `${draft.name} is added.`);
    } catch (reason) {
      const known = reason instanceof ShopError ? reason.problems.filter(({ field }) => field in draft || field === "product_id") : [];
      setProblems(new Map(known.map(({ field, message }) => [field === "product_id" ? "id" : field, message])));
      if (known.length === 0) setError(messageOf(reason));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={product ? "Edit a product" : "Add a product"} onClose={onClose}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div class="products-draft">
          <Picture img={draft.img} name={draft.name} size="small" />
          <div class="stack grow">
            {fields.map(({ name, title, hint }) => {
              const problem = problems.get(name);
              const isFixed = name === "id" && product !== undefined;
              return (
                <div key={name} class="products-field">
                  <label>
                    {title}
                    <input
                      value={draft[name]}
                      readOnly={isFixed}
                      class={name === "id" ? "mono" : ""}
                      inputMode={name === "price" ? "decimal" : "text"}
                      autocomplete="off"
                      aria-invalid={problem !== undefined}
                      aria-describedby={`field-${name}`}
                      onInput={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
                    />
                  </label>
                  <p id={`field-${name}`} class={problem === undefined ? "quiet" : "products-problem"} role={problem === undefined ? undefined : "alert"}>
                    {problem ?? (isFixed ? "" : hint)}
                  </p>
                </div>
              );
            })}
          </div>
        </div>
        {error && <Notice kind="error">{error}</Notice>}
        <div class="row">
          <button type="submit" class="primary" disabled={isBusy}>
            {isBusy ? "Saving…" : product ? "Save" : "Add"}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

async function exists(id: string): Promise<boolean> {
  try {
    await shop.product(id);
    return true;
  } catch (error) {
    if (error instanceof ShopError && error.status === 404) return false;
    throw error;
  }
}

export function DeleteDialog({ product, onDeleted, onClose }: { product: Product; onDeleted: (message: string) => void; onClose: () => void }) {
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    setError("");
    try {
      await shop.removeProduct(product.id);
      onDeleted(`${product.name} is deleted.`);
    } catch (reason) {
      setError(messageOf(reason));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Delete ${product.name}?`} onClose={onClose}>
      <p>It is gone from the shop at once. Orders keep its name and price; a cart that holds it cannot be checked out until it is taken out there.</p>
      {error && <Notice kind="error">{error}</Notice>}
      <div class="row">
        <button type="button" class="danger" disabled={isBusy} onClick={() => void remove()}>
          Delete
        </button>
        <button type="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  );
}
