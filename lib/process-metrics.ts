/** What one process measures itself, for GET /api/metrics. Everything else of it is read from the database. */
import { collectDefaultMetrics, Histogram, Registry } from "prom-client";
import { processSingleton } from "./process-singleton";

/** Providers wait a few seconds at most, and most answers take milliseconds. */
const ACCEPT_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Gauges that are named like counters, which `promtool check metrics` refuses. Those by type stay. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

const measured = processSingleton("process-metrics", () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const accept = new Histogram({
    name: "redrive_accept_duration_seconds",
    help: "From a webhook request to its answer, in this process.",
    buckets: ACCEPT_BOUNDS,
    registers: [registry],
  });
  return { registry, accept };
});

/** The metrics of this process: its own, and those of Node.js. */
export const processRegistry: Registry = measured.registry;

/** Notes how long the answer to a webhook request took. */
export function noteAccept(milliseconds: number): void {
  measured.accept.observe(milliseconds / 1000);
}
