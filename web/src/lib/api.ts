// The shop's HTTP API, typed. A call gives its answer or throws a ShopError, whose message can be shown to a person as it is.

export interface Product {
  id: string;
  /** A path on this server, a data: URL, or the address of a picture elsewhere, which is not loaded. */
  img: string;
  name: string;
  /** Of at most two decimals; see money.ts for reckoning with it. */
  price: number;
}

export interface CartLine {
  user_id: string;
  cart_id: string;
  product_id: string;
  product_quantity: number;
}

export interface OrderItem {
  product_id: string;
  name: string;
  unit_price: number;
  quantity: number;
  total: number;
}

export interface Order {
  order_id: string;
  user_id: string;
  /** RFC 3339, in UTC. */
  placed_at: string;
  currency: string;
  items: OrderItem[];
  total: number;
}

export interface Page<T> {
  items: T[];
  /** The cursor of the page after; null on the last. */
  next: string | null;
}

export interface ImportReport {
  rows: number;
  created: number;
  replaced: number;
  unchanged: number;
  rejected: number;
  errors: { line: number; column: string; value: string; reason: string }[];
  dry_run: boolean;
}

export type Cell = string | number | boolean | null;

export interface Answer {
  columns: string[];
  rows: Cell[][];
  truncated: boolean;
  took_ms: number;
}

/** What this server is. */
export interface Info {
  version: string;
  store: "rocks" | "memory" | "cql";
  /** Under which statements name the tables. */
  keyspace: string;
  currency: string;
  /** Seconds that changes are kept; 0: for ever. */
  changes_retention: number;
}

interface FieldProblem {
  loc: (string | number)[];
  msg: string;
}

/** Why a call gave no answer. */
export class ShopError extends Error {
  constructor(
    /** The answer's status; 0 when there was no answer at all. */
    readonly status: number,
    message: string,
    /** What is wrong with which field, for a 422. */
    readonly problems: { field: string; message: string }[] = [],
    /** Seconds after which the server wants to be asked again. */
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  /** Whether asking again later may help: nobody answered, or the server is busy or starting. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** What to say of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface CallOptions {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: BodyInit;
  type?: string;
  /** Idempotency-Key: a repeat of the call does nothing twice. */
  key?: string;
  ifMatch?: string;
  signal?: AbortSignal;
  /** Milliseconds until the server counts as away. */
  timeout?: number;
}

async function send(method: string, path: string, options: CallOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  if (options.type) headers["Content-Type"] = options.type;
  if (options.key) headers["Idempotency-Key"] = options.key;
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), options.timeout ?? 10_000);
  const end = () => ended.abort();
  options.signal?.addEventListener("abort", end, { once: true });
  if (options.signal?.aborted) end();
  try {
    const body = options.json !== undefined ? JSON.stringify(options.json) : (options.body ?? null);
    const response = await fetch(path, { method, headers, body, signal: ended.signal });
    if (!response.ok) throw await errorOf(response);
    return response;
  } catch (error) {
    if (error instanceof ShopError) throw error;
    if (options.signal?.aborted) throw new DOMException("The call was given up", "AbortError");
    throw new ShopError(0, "The shop does not answer. Is the server running?");
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", end);
  }
}

async function errorOf(response: Response): Promise<ShopError> {
  const retryAfter = Number(response.headers.get("Retry-After") ?? 0) || 0;
  let detail: unknown;
  try {
    detail = ((await response.json()) as { detail?: unknown }).detail;
  } catch {
    detail = undefined;
  }
  if (Array.isArray(detail)) {
    const problems = (detail as FieldProblem[]).map(({ loc, msg }) => ({ field: String(loc.at(-1) ?? ""), message: msg }));
    return new ShopError(response.status, problems.map(({ field, message }) => `${field}: ${message}`).join("; "), problems, retryAfter);
  }
  const message = typeof detail === "string" ? detail : `The shop answered ${response.status} ${response.statusText}`;
  return new ShopError(response.status, message, [], retryAfter);
}

export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  try {
    return (await response.json()) as T;
  } catch {
    // Broken off in the middle: whoever asked knows as little as without any answer.
    throw new ShopError(0, "The shop's answer broke off. Is the server running?");
  }
}

/** Repeats `attempt` for as long as its error is a passing one, telling `onWait` before each pause. Give it calls with a `key`, or reads. */
export async function persist<T>(attempt: () => Promise<T>, onWait: (error: ShopError, tries: number) => void, signal?: AbortSignal): Promise<T> {
  for (let tries = 1; ; ++tries) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ShopError) || !error.isPassing || signal?.aborted) throw error;
      onWait(error, tries);
      await pause(Math.max(error.retryAfter * 1000, Math.min(250 * 2 ** (tries - 1), 4_000)) * (0.75 + Math.random() / 2), signal);
    }
  }
}

export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const given_up = () => {
      clearTimeout(timer);
      reject(new DOMException("The wait was given up", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", given_up);
      resolve();
    }, milliseconds);
    if (signal?.aborted) given_up();
    signal?.addEventListener("abort", given_up, { once: true });
  });
}

/** The cursor in a Link header (RFC 8288): `</products?limit=10&after=X>; rel="next"`. */
function nextCursor(response: Response): string | null {
  const target = /<([^>]*)>;\s*rel="next"/.exec(response.headers.get("Link") ?? "")?.[1];
  return target === undefined ? null : new URL(target, location.origin).searchParams.get("after");
}

async function page<T>(path: string, parameters: Record<string, string | number | null | undefined>, signal?: AbortSignal): Promise<Page<T>> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  const response = await send("GET", `${path}?${query}`, signal ? { signal } : {});
  return { items: (await response.json()) as T[], next: nextCursor(response) };
}

const at = encodeURIComponent;

export const shop = {
  info: () => call<Info>("GET", "/info"),

  products: (parameters: { q?: string | undefined; limit?: number; after?: string | null | undefined }, signal?: AbortSignal) =>
    page<Product>("/products", { limit: 24, ...parameters }, signal),
  product: (id: string) => call<Product>("GET", `/products/${at(id)}`),
  /** null: there is no such product any more. */
  async findProduct(id: string): Promise<Product | null> {
    try {
      return await this.product(id);
    } catch (error) {
      if (error instanceof ShopError && error.status === 404) return null;
      throw error;
    }
  },
  /** Creates or replaces. */
  saveProduct: (product: Product) => call<object>("PUT", `/products/${at(product.id)}`, { json: product }),
  removeProduct: (id: string) => call<object>("DELETE", `/products/${at(id)}`),

  /** The lines of the active cart, and its version; none when there is no active cart. */
  async cart(user: string): Promise<{ lines: CartLine[]; tag: string | null }> {
    try {
      const response = await send("GET", `/cart/${at(user)}`, {});
      return { lines: (await response.json()) as CartLine[], tag: response.headers.get("ETag") };
    } catch (error) {
      if (error instanceof ShopError && error.status === 404) return { lines: [], tag: null };
      throw error;
    }
  },
  /** Sets the quantity; opens a cart when there is none. */
  putItem: (user: string, product: string, quantity: number, key: string, signal?: AbortSignal) =>
    call<object>("PUT", `/cart/${at(user)}/items/${at(product)}`, { json: { quantity }, key, ...(signal && { signal }) }),
  removeItem: (user: string, product: string, key: string, signal?: AbortSignal) =>
    call<object>("DELETE", `/cart/${at(user)}/items/${at(product)}`, { key, ...(signal && { signal }) }),
  /** Buys the cart for `total` and no other sum: a price that has changed since is a 409 that says so. `null`: for whatever it costs. */
  checkOut: (user: string, total: number | null, key: string, signal?: AbortSignal) =>
    call<Order>("POST", `/cart/${at(user)}/checkout${total === null ? "" : `?total=${total}`}`, { key, ...(signal && { signal }) }),

  orders: (user: string, parameters: { limit?: number; after?: string | null | undefined } = {}) =>
    page<Order>(`/orders/${at(user)}`, { limit: 20, ...parameters }),
  order: (user: string, id: string) => call<Order>("GET", `/orders/${at(user)}/${at(id)}`),

  /** Takes a SELECT, as SQL or CQL. */
  query: (statement: string, limit?: number, signal?: AbortSignal) =>
    call<Answer>("POST", "/query", { json: { statement, ...(limit !== undefined && { limit }) }, ...(signal && { signal }) }),

  async metrics(): Promise<string> {
    return (await send("GET", "/metrics", {})).text();
  },
  /** The reason when it is not. */
  async isReady(): Promise<string | null> {
    try {
      await call("GET", "/health/ready");
      return null;
    } catch (error) {
      return messageOf(error);
    }
  },
};
