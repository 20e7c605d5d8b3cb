// Names of products, for saying what happened. Learned from the changes themselves where they tell, asked for in batches where they do not.
import { shop } from "../lib/api";
import { type Change, rowOf } from "../lib/changes";

const namesMax = 5_000;
const batchMax = 100;
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class ProductNames {
  /** null: asked for, and there is no such product any more. */
  private readonly names = new Map<string, string | null>();
  private readonly wanted = new Set<string>();
  private isAsking = false;

  /** `onNews` is called when names have come that were wanted. */
  constructor(private readonly onNews: () => void) {}

  /** `undefined` until it is known. */
  get(id: string): string | null | undefined {
    const name = this.names.get(id);
    if (name === undefined) this.want(id);
    return name;
  }

  /** A change of a product and an order say the names themselves. */
  learn(change: Change): void {
    if (change.source.table_name === "product") {
      const row = rowOf(change);
      if (typeof row["id"] === "string" && typeof row["name"] === "string") this.set(row["id"], row["name"]);
    }
  }

  private want(id: string): void {
    if (!isId.test(id) || this.wanted.size >= batchMax) return;
    this.wanted.add(id);
    if (this.isAsking) return;
    this.isAsking = true;
    // What one drawing of the list wants is asked for together.
    setTimeout(() => void this.ask(), 50);
  }

  private async ask(): Promise<void> {
    const ids = [...this.wanted];
    this.wanted.clear();
    try {
      const { rows } = await shop.query(`SELECT id, name FROM product WHERE id IN (${ids.join(", ")})`, batchMax);
      for (const id of ids) this.set(id, null);
      for (const [id, name] of rows) this.set(String(id), String(name));
      this.isAsking = false;
      this.onNews();
    } catch {
      // Ids stand for names meanwhile; the next drawing after the pause asks again.
      setTimeout(() => (this.isAsking = false), 3_000);
    }
  }

  private set(id: string, name: string | null): void {
    this.names.delete(id);
    this.names.set(id, name);
    if (this.names.size > namesMax) this.names.delete(this.names.keys().next().value!);
  }
}
