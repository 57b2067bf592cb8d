/** KPIs in words: each figure, its target, and whether it is met. */
import { KPI_TARGETS, type KpiFigures } from "@/lib/contract/kpi-targets";
import { count, duration, percent, plural } from "../format";

export type Verdict = "met" | "not_met" | "nothing";

export const VERDICT: Record<Verdict, string> = {
  met: "Met",
  not_met: "Not met",
  nothing: "Nothing to measure",
};

/** A figure that runbook 001 sets a target for. */
export interface TargetKpi {
  key: keyof typeof KPI_TARGETS;
  name: string;
  /** What it counts, in a sentence. */
  meaning: string;
  /** `above 99 %` */
  target: string;
  value: (figures: KpiFigures) => string;
  verdict: (figures: KpiFigures) => Verdict;
  /** What it was made of. */
  made: (figures: KpiFigures) => string;
}

export const TARGET_KPIS: readonly TargetKpi[] = [
  {
    key: "delivery_success",
    name: "Delivery success",
    meaning: "Events that were delivered, of those that ended. Replayed and resolved ones count as delivered.",
    target: `above ${KPI_TARGETS.delivery_success} %`,
    value: ({ delivery_success }) => percent(delivery_success),
    verdict: ({ delivery_success: value }) => verdictOf(value, (it) => it > KPI_TARGETS.delivery_success),
    made: ({ succeeded, lost }) => `${count(succeeded)} of ${plural(succeeded + lost, "event")}, ${count(lost)} dead`,
  },
  {
    key: "replay_success",
    name: "Replay success",
    meaning: "Items of replays that succeeded, of those that ran.",
    target: `above ${KPI_TARGETS.replay_success} %`,
    value: ({ replay_success }) => percent(replay_success),
    verdict: ({ replay_success: value }) => verdictOf(value, (it) => it > KPI_TARGETS.replay_success),
    made: ({ replayed, replay_failures }) =>
      `${count(replayed)} of ${plural(replayed + replay_failures, "item")} of replays`,
  },
  {
    key: "mean_time_to_replay_seconds",
    name: "Mean time to replay",
    meaning: "From asking for a replay until it ended, on average.",
    target: `below ${duration(KPI_TARGETS.mean_time_to_replay_seconds * 1_000)}`,
    value: ({ mean_time_to_replay_seconds: value }) => seconds(value),
    verdict: ({ mean_time_to_replay_seconds: value }) =>
      verdictOf(value, (it) => it < KPI_TARGETS.mean_time_to_replay_seconds),
    made: ({ replays }) => (replays === 0 ? "no replay ended" : `of ${plural(replays, "replay")}`),
  },
];

function verdictOf(value: number | null, isMet: (value: number) => boolean): Verdict {
  if (value === null) return "nothing";
  return isMet(value) ? "met" : "not_met";
}

const seconds = (value: number | null) => (value === null ? "–" : duration(value * 1_000));

/** The figures without a target: name, what it counts, value, and what it was made of. */
export function otherKpis(figures: KpiFigures, hours: number) {
  const { received, attempts, failed_attempts, applied } = figures;
  return [
    {
      name: "Endpoint availability",
      meaning: "Attempts that the endpoint answered, of those that say something about it.",
      value: percent(figures.endpoint_availability),
      made: "over all endpoints",
    },
    {
      name: "Error rate",
      meaning: "Delivery attempts that failed, retries included.",
      value: percent(figures.error_rate),
      made: `${count(failed_attempts)} of ${plural(attempts, "attempt")}`,
    },
    {
      name: "Average processing time",
      meaning: "From receipt until all deliveries of an event had succeeded, retries included. Without replays.",
      value: figures.average_processing_ms === null ? "–" : duration(figures.average_processing_ms),
      made: applied === 0 ? "no event was delivered" : `of ${plural(applied, "event")}`,
    },
    {
      name: "Throughput",
      meaning: "Requests that became an event.",
      value: `${count(received)}`,
      made: `events received, ${rate(received / hours)} an hour`,
    },
    {
      name: "Replay speed",
      meaning: "Items a minute while a replay ran.",
      value: figures.replayed_per_minute === null ? "–" : `${rate(figures.replayed_per_minute)} / min`,
      made: figures.replayed_per_minute === null ? "no replay ran" : "items of running replays",
    },
  ];
}

function rate(value: number): string {
  return value >= 10 || value === 0 ? count(Math.round(value)) : value.toFixed(1);
}

/** A sentence that says which targets are met: `2 of 3 targets are met. Not met: replay success.` */
export function headline(figures: KpiFigures): string {
  const judged = TARGET_KPIS.map((kpi) => ({ name: kpi.name, verdict: kpi.verdict(figures) }));
  const known = judged.filter(({ verdict }) => verdict !== "nothing");
  if (known.length === 0) return "Nothing ended in this time, so no target can be judged.";
  const missed = known.filter(({ verdict }) => verdict === "not_met").map(({ name }) => name.toLowerCase());
  if (missed.length === 0)
    return known.length === 3
      ? "All three targets are met."
      : `${plural(known.length, "target is", "targets are")} met; the rest had nothing to measure.`;
  return `${known.length - missed.length} of ${plural(known.length, "target is", "targets are")} met. Not met: ${missed.join(", ")}.`;
}
