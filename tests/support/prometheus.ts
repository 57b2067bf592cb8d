/** Reads Prometheus' text format as its documentation describes it, and accepts nothing else. */

export interface Read {
  type: string;
  help: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?,?\\})? (\\S+)$`);
const TYPES = ["counter", "gauge", "histogram", "summary", "untyped"];

/**
 * The metrics by name. Throws at a line that is none, a sample before its TYPE or of another metric, a second TYPE, HELP or
 * series of the same labels, a value that is no number, and a histogram whose buckets fall, or do not end in its count.
 */
export function readPrometheus(text: string): Map<string, Read> {
  if (!text.endsWith("\n")) throw new Error("The last line must end with a line feed.");
  const metrics = new Map<string, Read>();
  const seen = new Set<string>();
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    if (line === "") continue;
    const [, what, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what === "HELP") {
      if (metrics.has(name)) throw new Error(`A second HELP of ${name}.`);
      metrics.set(name, { type: "", help: rest, samples: [] });
      current = name;
    } else if (what === "TYPE") {
      const metric = metrics.get(name);
      if (metric?.type !== "" || !TYPES.includes(rest)) throw new Error(`A wrong TYPE: ${line}`);
      metric.type = rest;
    } else addSample(line, current, metrics, seen);
  }
  for (const [name, metric] of metrics) if (metric.type === "histogram") checkBuckets(name, metric);
  return metrics;
}

function addSample(line: string, current: string, metrics: Map<string, Read>, seen: Set<string>): void {
  const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
  const metric = metrics.get(current);
  const base =
    metric && ["histogram", "summary"].includes(metric.type) ? name.replace(/_(bucket|sum|count)$/, "") : name;
  if (!metric || metric.type === "" || base !== current) throw new Error(`No sample of ${current}: ${line}`);
  const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value);
  // Prometheus reads values as Go does, and Go takes any case.
  if (Number.isNaN(number) && value.toLowerCase() !== "nan") throw new Error(`No number: ${line}`);
  const key = `${name}{${labels.split(/,(?=[a-zA-Z_])/).sort()}}`;
  if (seen.has(key)) throw new Error(`A second sample: ${line}`);
  seen.add(key);
  metric.samples.push({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]),
    ),
    value: number,
  });
}

function checkBuckets(name: string, { samples }: Read): void {
  const seriesOf = ({ le: _, ...labels }: Record<string, string>) => JSON.stringify(labels);
  for (const count of samples.filter((sample) => sample.name === `${name}_count`)) {
    const buckets = samples.filter(
      (sample) => sample.name === `${name}_bucket` && seriesOf(sample.labels) === seriesOf(count.labels),
    );
    const falls = buckets.some(({ value }, n) => n > 0 && value < (buckets[n - 1]?.value ?? 0));
    const last = buckets.at(-1);
    if (falls || last?.labels.le !== "+Inf" || last.value !== count.value) throw new Error(`Wrong buckets of ${name}.`);
  }
}
