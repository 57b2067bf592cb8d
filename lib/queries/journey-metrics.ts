/** What Prometheus reads of events and their deliveries. */
import type { StoredMetrics } from "@/lib/db/functions/metrics";
import { senders } from "@/lib/providers";
import { counter, gauge, type Metric, type Sample } from "./metric-text";

const REQUESTS = ["received", "duplicate", "conflict", "rejected"] as const;

/** The first three have the names of the runbook. Each provider has them from the start, so that a rise from 0 is seen. */
export function ofEvents({ requests, events }: StoredMetrics): Metric[] {
  const slugs = [...new Set([...senders.map(({ slug }) => slug), ...requests.map(({ provider }) => provider)])];
  const asked = (outcome: string, provider: string) =>
    requests.find((one) => one.provider === provider && one.outcome === outcome)?.count ?? 0;
  const ended = (outcome: string): Sample[] =>
    [...new Set([...slugs, ...events.map(({ provider }) => provider)])].map((provider) => ({
      labels: { provider },
      value: events.find((one) => one.provider === provider && one.outcome === outcome)?.count ?? 0,
    }));
  return [
    counter(
      "webhook_events_processed_total",
      "Events whose deliveries all succeeded, replays included.",
      ended("processed"),
    ),
    counter("webhook_events_failed_total", "Events that became dead letters.", ended("failed")),
    counter(
      "webhook_events_duplicate_total",
      "Requests with an event that was here already.",
      slugs.map((provider) => ({ labels: { provider }, value: asked("duplicate", provider) })),
    ),
    counter(
      "redrive_events_received_total",
      "Webhook requests by what became of them.",
      slugs.flatMap((provider) =>
        REQUESTS.map((outcome) => ({ labels: { provider, outcome }, value: asked(outcome, provider) })),
      ),
    ),
  ];
}

/** Attempts, what waits, dead letters and replays. */
export function ofDeliveries(stored: StoredMetrics): Metric[] {
  const { waiting } = stored;
  return [
    counter(
      "redrive_deliveries_total",
      "Delivery attempts that ended: delivered, failed (will be retried) or dead.",
      stored.attempts.map(({ count, ...labels }) => ({ labels, value: count })),
    ),
    counter(
      "redrive_replay_items_total",
      "Items of replays by their outcome.",
      (["succeeded", "failed", "skipped"] as const).map((outcome) => ({
        labels: { outcome },
        value: stored.replay_items[outcome] ?? 0,
      })),
    ),
    gauge(
      "redrive_delivery_backlog",
      "Deliveries that wait: free to go, blocked by their destination, or held. At most 10000.",
      [
        { labels: { state: "free" }, value: waiting.count - waiting.blocked },
        { labels: { state: "blocked" }, value: waiting.blocked },
        { labels: { state: "held" }, value: waiting.held },
      ],
    ),
    gauge(
      "redrive_oldest_due_seconds",
      "How long the oldest delivery has waited that a worker could take; 0 for none.",
      [{ value: waiting.oldest_due_seconds ?? 0 }],
    ),
    gauge("redrive_dead_letters", "Dead events now. At most 10000.", [{ value: stored.dead_letters }]),
    gauge("redrive_replays_running", "Replays that are running now.", [{ value: stored.replays_running }]),
  ];
}
