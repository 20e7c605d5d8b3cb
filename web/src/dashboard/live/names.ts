// Names of products, for saying what happened. Learned from the changes themselves where they tell, asked for once a product where they do
// not: of the catalogue and not of the query engine, whose statements are other ones on a cluster.
import { shop } from "../../lib/api";
import { type Change, rowOf } from "../../lib/changes";

const namesMax = 5_000;
const wantedMax = 100;
/** A browser has six connections to a host, and a stream has one of them. */
const atOnce = 3;
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
    if (!isId.test(id) || this.wanted.size >= wantedMax) return;
    this.wanted.add(id);
    if (this.isAsking) return;
    this.isAsking = true;
    // What one drawing of the list wants is asked for together.
    setTimeout(() => void this.askAll(), 50);
  }

  private async askAll(): Promise<void> {
    try {
      while (this.wanted.size > 0) {
        await Promise.all([...this.wanted].slice(0, atOnce).map((id) => this.ask(id)));
        this.onNews();
      }
      this.isAsking = false;
    } catch {
      this.wanted.clear();
      // Ids stand for names meanwhile; the next drawing after the pause asks again.
      setTimeout(() => (this.isAsking = false), 3_000);
    }
  }

  private async ask(id: string): Promise<void> {
    const product = await shop.findProduct(id);
    this.set(id, product && product.name);
    this.wanted.delete(id);
  }

  private set(id: string, name: string | null): void {
    this.names.delete(id);
    this.names.set(id, name);
    if (this.names.size > namesMax) this.names.delete(this.names.keys().next().value!);
  }
}
