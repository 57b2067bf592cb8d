/** What Prometheus reads. Values of the database come alike from every process; those of a process say so in their help. */
import { Registry } from "prom-client";
import { call } from "@/lib/db/client";
import type { StoredMetrics } from "@/lib/db/functions/metrics";
import { processRegistry } from "@/lib/process-metrics";
import { findProvider, senders } from "@/lib/providers";
import build from "@/package.json";
import { ofDeliveries, ofEvents } from "./journey-metrics";
import { counter, type Durations, gauge, type Metric, registryOf, type Sample } from "./metric-text";

const DAY_S = 86_400;
const SEVERITIES = ["P0", "P1", "P2", "P3", "P4"] as const;

/** The metrics as text, with its media type. */
export async function readMetrics(): Promise<{ text: string; type: string }> {
  // A month of hours per call, and one is all that is left after the first time.
  while (await call("health", "move_metric_totals", {}));
  const stored = await call("health", "read_metrics", { p_providers: senders.map(({ slug }) => slug) });
  const registry = Registry.merge([registryOf(metricsOf(stored), durationsOf(stored)), processRegistry]);
  return { text: await registry.metrics(), type: registry.contentType };
}

function metricsOf(stored: StoredMetrics): Metric[] {
  return [...ofEvents(stored), ...ofDeliveries(stored), ...ofProviders(stored), ...ofAlerts(stored)];
}

function ofProviders({ providers }: StoredMetrics): Metric[] {
  const of = (value: (one: StoredMetrics["providers"][number]) => number | undefined): Sample[] =>
    providers.flatMap((one) => {
      const found = value(one);
      return found === undefined ? [] : [{ labels: { provider: one.provider }, value: found }];
    });
  return [
    gauge(
      "redrive_missing",
      "Events that the provider has and that are not here, as far as runs found them. At most 10000.",
      of(({ provider, missing }) => (findProvider(provider)?.api ? missing : undefined)),
    ),
    gauge(
      "redrive_reconcile_last_success_timestamp_seconds",
      "When the last complete run ended, of the provider's scheduled source that is furthest behind.",
      of(({ last_complete_at }) => secondsOf(last_complete_at)),
    ),
    gauge(
      "redrive_horizon_seconds",
      "How long the provider still lists the oldest missing event. Absent while nothing is missing.",
      of(({ provider, oldest_missing_at }) => {
        const [days, at] = [findProvider(provider)?.api?.horizonDays, secondsOf(oldest_missing_at)];
        return days === undefined || at === undefined ? undefined : at + days * DAY_S - Date.now() / 1000;
      }),
    ),
    gauge(
      "redrive_last_event_timestamp_seconds",
      "When the newest event of the provider was received.",
      of(({ last_event_at }) => secondsOf(last_event_at)),
    ),
  ];
}

function ofAlerts({ alerts_firing, notifications }: StoredMetrics): Metric[] {
  return [
    gauge(
      "redrive_alerts_firing",
      "Alerts that fire now.",
      SEVERITIES.map((severity) => ({ labels: { severity }, value: alerts_firing[severity] ?? 0 })),
    ),
    counter(
      "redrive_notifications_total",
      "Notifications by kind of channel and outcome.",
      notifications.map(({ count, ...labels }) => ({ labels, value: count })),
    ),
    gauge("redrive_build_info", "The version of this process.", [
      { labels: { version: build.version, node: process.version }, value: 1 },
    ]),
  ];
}

function durationsOf({ applied, attempt_bounds, attempt_durations }: StoredMetrics): Durations[] {
  return [
    {
      name: "redrive_event_to_delivered_seconds",
      help: "From receipt until all deliveries of an event had succeeded, retries included, replays not.",
      bounds: applied.bounds,
      series: [{ counts: applied.latency, total: applied.duration_ms }],
    },
    {
      name: "redrive_delivery_duration_seconds",
      help: "How long delivery attempts took.",
      bounds: attempt_bounds,
      series: attempt_durations.map(({ kind, latency, duration_ms }) => ({
        labels: { kind },
        counts: latency,
        total: duration_ms,
      })),
    },
  ];
}

function secondsOf(at: string | null): number | undefined {
  return at === null ? undefined : Date.parse(at) / 1000;
}
