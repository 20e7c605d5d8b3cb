// Reads what GET /metrics says: Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), as far as this
// server writes it.

export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** Samples by name. A histogram's are under its name with _bucket, _sum and _count. */
export type Metrics = ReadonlyMap<string, Sample[]>;

export function parseMetrics(text: string): Metrics {
  const metrics = new Map<string, Sample[]>();
  for (const line of text.split("\n")) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
    if (!found) continue;
    const [, name = "", labels = "", value = ""] = found;
    const samples = metrics.get(name) ?? [];
    samples.push({ labels: parseLabels(labels), value: value === "+Inf" ? Infinity : Number(value) });
    metrics.set(name, samples);
  }
  return metrics;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
    labels[name] = value.replace(/\\(.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
  return labels;
}

/** The sum over all labels; `undefined` when there is no such metric. */
export function valueOf(metrics: Metrics, name: string): number | undefined {
  const samples = metrics.get(name);
  return samples?.reduce((sum, { value }) => sum + value, 0);
}

/** How many observations were at most `bound` seconds. */
export interface Bucket {
  bound: number;
  count: number;
}

/**
 * The value that a part `rank` (0.99) of the observations is at most, evenly spread within its bucket. `undefined` without observations;
 * the last finite bound for what is beyond it. As Prometheus' histogram_quantile.
 */
export function quantile(rank: number, buckets: readonly Bucket[]): number | undefined {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const wanted = rank * total;
  let lower: Bucket = { bound: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= wanted) {
      if (bucket.bound === Infinity) return lower.bound;
      const within = bucket.count - lower.count;
      return within === 0 ? bucket.bound : lower.bound + ((bucket.bound - lower.bound) * (wanted - lower.count)) / within;
    }
    lower = bucket;
  }
  return lower.bound;
}
