/** Metrics in the text format of Prometheus, from values that were counted elsewhere. */
import { type MetricObject, Registry } from "prom-client";

type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels?: Labels;
  value: number;
}

export interface Metric {
  name: string;
  help: string;
  type: "counter" | "gauge";
  samples: readonly Sample[];
}

export interface Durations {
  name: string;
  help: string;
  /** Upper ends of the buckets, in milliseconds. */
  bounds: readonly number[];
  /** A count per bucket, and one for longer; empty when nothing was measured. `total` is the sum, in milliseconds. */
  series: readonly { labels?: Labels; counts: readonly number[]; total: number }[];
}

/** A registry of them. Its own counters and histograms only count what they see, so these hand over their values. */
export function registryOf(metrics: readonly Metric[], durations: readonly Durations[]): Registry {
  const registry = new Registry();
  for (const { name, help, type, samples } of metrics) {
    add(registry, { name, help, type, values: samples.map(({ labels = {}, value }) => ({ labels, value })) });
  }
  for (const histogram of durations) {
    add(registry, { name: histogram.name, help: histogram.help, type: "histogram", values: valuesOf(histogram) });
  }
  return registry;
}

interface Value {
  labels: Labels & { le?: string };
  value: number;
  metricName?: string;
}

function add(registry: Registry, metric: { name: string; help: string; type: string; values: Value[] }): void {
  registry.registerMetric({
    name: metric.name,
    get: async () => ({ ...metric, aggregator: "first" }) as unknown as MetricObject,
  } as never);
}

/** Buckets say how many took up to so long, in seconds. */
function valuesOf({ name, bounds, series }: Durations): Value[] {
  return series.flatMap(({ labels = {}, counts, total }) => {
    let sum = 0;
    const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, n): Value => {
      sum += counts[n] ?? 0;
      const le = bound === Number.POSITIVE_INFINITY ? "+Inf" : String(bound / 1000);
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: sum };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: total / 1000 },
      { metricName: `${name}_count`, labels, value: sum },
    ];
  });
}

/** A metric that only rises. */
export const counter = (name: string, help: string, samples: Sample[]): Metric => ({
  name,
  help,
  type: "counter",
  samples,
});

/** A metric that rises and falls. */
export const gauge = (name: string, help: string, samples: Sample[]): Metric => ({
  name,
  help,
  type: "gauge",
  samples,
});
