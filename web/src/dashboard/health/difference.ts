// What happened between two readings of the metrics: rates, and latencies from the difference of the histograms.
import { type Bucket, type Metrics, quantile, valueOf } from "../../lib/prometheus";

export interface Reading {
  /** Milliseconds since 1970, by this machine's clock. */
  at: number;
  metrics: Metrics;
}

export interface RouteFigures {
  method: string;
  route: string;
  perSecond: number;
  /** Requests a second by status class, such as "2xx". */
  byStatus: Record<string, number>;
  latency: Latency;
}

/** Seconds; `undefined` where nothing was asked. */
export interface Latency {
  p50: number | undefined;
  p90: number | undefined;
  p99: number | undefined;
}

export const classes = ["2xx", "3xx", "4xx", "5xx"] as const;

/** Whether a shopper's request goes there, and not one of a page or of who watches. */
export function isOfShop(route: string): boolean {
  return /^\/(products|cart|orders)(\/|$)/.test(route);
}

export function gauge({ metrics }: Reading, name: string): number {
  return valueOf(metrics, name) ?? 0;
}

/** Growth a second of a counter. */
export function rateOf(before: Reading, now: Reading, name: string): number {
  return Math.max(0, gauge(now, name) - gauge(before, name)) / secondsBetween(before, now);
}

/** A server that was started anew counts from 0. */
export function wasRestarted(before: Reading, now: Reading): boolean {
  return ["cartwheel_http_connections_total", "cartwheel_http_received_bytes_total"].some((name) => gauge(now, name) < gauge(before, name));
}

export function routesBetween(before: Reading, now: Reading): RouteFigures[] {
  const seconds = secondsBetween(before, now);
  const earlier = new Map((before.metrics.get("cartwheel_http_requests_total") ?? []).map(({ labels, value }) => [keyOf(labels), value]));
  const routes = new Map<string, RouteFigures>();
  for (const { labels, value } of now.metrics.get("cartwheel_http_requests_total") ?? []) {
    const { method = "", route = "", status = "" } = labels;
    const name = `${method} ${route}`;
    const figures = routes.get(name) ?? { method, route, perSecond: 0, byStatus: {}, latency: { p50: undefined, p90: undefined, p99: undefined } };
    const perSecond = (value - (earlier.get(keyOf(labels)) ?? 0)) / seconds;
    figures.perSecond += perSecond;
    figures.byStatus[status] = perSecond;
    routes.set(name, figures);
  }
  const buckets = bucketsBetween(before, now, () => true);
  for (const [name, figures] of routes) figures.latency = latencyOf(buckets.get(name) ?? []);
  return [...routes.values()].sort((left, right) => right.perSecond - left.perSecond || left.route.localeCompare(right.route));
}

/** Of all requests of shoppers together. */
export function shopLatency(before: Reading, now: Reading): Latency {
  const all = new Map<number, number>();
  for (const buckets of bucketsBetween(before, now, isOfShop).values())
    for (const { bound, count } of buckets) all.set(bound, (all.get(bound) ?? 0) + count);
  return latencyOf([...all].map(([bound, count]) => ({ bound, count })).sort((left, right) => left.bound - right.bound));
}

/** Requests a second of shoppers by status class. */
export function shopByStatus(routes: readonly RouteFigures[]): Record<(typeof classes)[number], number> {
  const sums = { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0 };
  for (const { route, byStatus } of routes) if (isOfShop(route)) for (const name of classes) sums[name] += byStatus[name] ?? 0;
  return sums;
}

function latencyOf(buckets: readonly Bucket[]): Latency {
  return { p50: quantile(0.5, buckets), p90: quantile(0.9, buckets), p99: quantile(0.99, buckets) };
}

/** The histograms' growth, by "METHOD route", bounds rising. */
function bucketsBetween(before: Reading, now: Reading, isWanted: (route: string) => boolean): Map<string, Bucket[]> {
  const name = "cartwheel_http_request_duration_seconds_bucket";
  const earlier = new Map((before.metrics.get(name) ?? []).map(({ labels, value }) => [keyOf(labels), value]));
  const routes = new Map<string, Bucket[]>();
  for (const { labels, value } of now.metrics.get(name) ?? []) {
    const { method = "", route = "", le = "" } = labels;
    if (!isWanted(route)) continue;
    const buckets = routes.get(`${method} ${route}`) ?? [];
    buckets.push({ bound: le === "+Inf" ? Infinity : Number(le), count: Math.max(0, value - (earlier.get(keyOf(labels)) ?? 0)) });
    routes.set(`${method} ${route}`, buckets);
  }
  return routes;
}

function keyOf({ method, route, status, le }: Readonly<Record<string, string>>): string {
  return `${method} ${route} ${status ?? ""} ${le ?? ""}`;
}

function secondsBetween(before: Reading, now: Reading): number {
  return Math.max(0.001, (now.at - before.at) / 1000);
}
