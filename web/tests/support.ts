// One `cartwheel serve` process and one Chromium under test. Tests take both from here, each its own server with a port and a folder of its
// own. What a test starts is ended with it.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const root = resolve(process.cwd(), "..");
export const binary = process.env["CARTWHEEL_BIN"] ?? join(root, "build/release/cartwheel");
const chromiumPath = process.env["CARTWHEEL_CHROMIUM"] ?? "/usr/bin/chromium";

/** Generous, because nothing waits for it to pass; milliseconds. */
export const patience = 30_000;

/** Asks again and again until `condition` gives something true, and gives that. */
export async function until<T>(condition: () => Promise<T> | T, what: string): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((go) => setTimeout(go, 20));
  }
}

export class Shop {
  private process: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "cartwheel-browser-"));
  port = 0;
  errors = "";

  constructor(private readonly flags: string[]) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    this.port ||= await freePort();
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CARTWHEEL_")));
    this.process = spawn(binary, ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", join(this.folder, "data"), ...this.flags], {
      cwd: this.folder,
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.process.stderr!.on("data", (piece: Buffer) => (this.errors += piece.toString()));
    await until(async () => {
      if (this.process!.exitCode !== null) throw new Error(`the server ended: ${this.errors}`);
      return fetch(`${this.url}/health/ready`).then((answer) => answer.ok, () => false);
    }, "the server");
    return this;
  }

  /** As a power cut would end it. */
  kill(): Promise<void> {
    return this.end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise<void>((done) => running.once("exit", () => done()));
    running.kill(signal);
    await ended;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  get<T>(path: string): Promise<T> {
    return this.call("GET", path);
  }
}

/** A port that was free a moment ago, so that a server may come back to it. */
function freePort(): Promise<number> {
  return new Promise((resolve_, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve_(port));
    });
  });
}

const ends: (() => Promise<void>)[] = [];

/** A running shop with the sample catalogue. */
export async function openShop(...flags: string[]): Promise<Shop> {
  const shop = new Shop(["--sample", ...flags]);
  ends.push(() => shop.stop());
  return shop.start();
}

let browser: Promise<Browser> | undefined;

async function openBrowser(): Promise<Browser> {
  // Root may not have a sandbox; the pages are our own.
  browser ??= chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  return browser;
}

/** What a page did that it must not: errors, refusals of the Content-Security-Policy, requests to other hosts. */
export const faults: string[] = [];

/** A browser profile of its own: one shopper. */
export async function openProfile(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await (await openBrowser()).newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(patience);
  context.on("page", (page) => {
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      // A server that is away is part of some tests, and the browser says so of each try.
      if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text())) faults.push(`${page.url()}: ${message.text()}`);
    });
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && hostname !== "127.0.0.1") faults.push(`${page.url()} asked ${request.url()}`);
    });
  });
  return context;
}

export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await openProfile(options)).newPage();
  await page.goto(url);
  return page;
}

const photos = process.env["CARTWHEEL_PHOTOS"] ?? join(root, "build/browser/photos");

/** What the page looks like now, as PHOTOS/name.png; CARTWHEEL_PHOTOS=../docs/images takes those of the documentation anew. */
export async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(photos, `${name}.png`), animations: "disabled" });
}

after(async () => {
  await (await browser)?.close();
  for (const end of ends) await end();
  if (faults.length > 0) throw new Error(`the pages did what they must not:\n${[...new Set(faults)].join("\n")}`);
});
