"use client";

import { useHydrated } from "@/lib/client/use-hydrated";
import { useRailCounts } from "@/lib/client/use-rail-counts";
import { useTroubledDestinations } from "@/lib/client/use-troubled-destinations";
import type { Analytics, OutcomeCounts } from "@/lib/contract/analytics";
import type { Destination } from "@/lib/contract/destinations";
import type { Bucket } from "../charts/buckets";
import { count, duration, percent, plural } from "../format";
import { destinationsAddress, historyAddress, replaysAddress } from "../links";
import { countChange, durationChange, rateChange, SUCCESS_RATE_MEANS } from "./change-text";
import { timeFilter } from "./period";
import { type Vital, VitalSign } from "./vital-sign";

/** When a due delivery waits longer than this, staff should check the workers. */
export const WAITING_TOO_LONG_SECONDS = 60;

/** The four main figures, and seven quieter ones. Each links to its details. */
export function VitalSigns({ analytics, buckets }: { analytics: Analytics; buckets: Bucket[] }) {
  const known = useTroubledDestinations();
  // The sidebar may have loaded them before this part hydrates; the server rendered without them.
  const hydrated = useHydrated();
  const troubled = hydrated ? known : undefined;
  const rail = useRailCounts();
  const counts = hydrated ? rail : undefined;
  return (
    <>
      <dl className="grid gap-y-5 max-lg:grid-cols-2 lg:grid-cols-4">
        {vitals(analytics, buckets).map((vital) => (
          <VitalSign key={vital.name} {...vital} />
        ))}
      </dl>
      <dl className="mt-5 grid gap-y-5 max-lg:grid-cols-2 lg:grid-cols-4 xl:grid-cols-7">
        {[...quieter(analytics, troubled), ...reconciled(counts)].map((vital) => (
          <VitalSign key={vital.name} {...vital} quiet />
        ))}
      </dl>
    </>
  );
}

function vitals(analytics: Analytics, buckets: Bucket[]): Vital[] {
  const { totals, previous, waiting, dead_letters } = analytics;
  const each = (pick: keyof OutcomeCounts) => buckets.map(({ total }) => total[pick]);
  const oldest = waiting.oldest_due_seconds;
  return [
    {
      name: "Success rate",
      meaning: SUCCESS_RATE_MEANS,
      value: percent(totals.success_rate),
      change: rateChange(totals.success_rate, previous.success_rate),
      spark: buckets.map(({ rate }) => rate),
      href: historyAddress({ status: ["dead"], ...timeFilter(analytics) }),
    },
    {
      name: "Oldest due delivery",
      meaning:
        "How long the oldest delivery has waited for a free worker. Deliveries held by an open circuit, a throttle or a pause are counted below.",
      value: oldest === null ? "none" : duration(oldest * 1_000),
      alarming: oldest !== null && oldest > WAITING_TOO_LONG_SECONDS,
      change: waitingText(waiting),
      href: historyAddress({ delivery_status: ["pending", "retrying", "held"] }),
    },
    {
      name: "Dead letters",
      meaning: "Events whose retries are exhausted.",
      value: count(dead_letters),
      alarming: dead_letters > 0,
      change: countChange(totals.dead, previous.dead, "new"),
      spark: each("dead"),
      href: "/dead-letters",
    },
    {
      name: "Rejected",
      meaning: "Requests rejected in this period: unsigned, wrong signature, stale or malformed.",
      value: count(totals.rejected),
      change: countChange(totals.rejected, previous.rejected),
      spark: each("rejected"),
      href: "/sources",
    },
  ];
}

/** `3 due or planned · 42 held back`: the parts of all that waits. */
export function waitingText({ count: waiting, blocked, held }: Analytics["waiting"]): string {
  const free = waiting - blocked;
  const parts = [
    free > 0 && `${count(free)} due or planned`,
    blocked + held > 0 && `${count(blocked + held)} held back`,
  ];
  return parts.filter(Boolean).join(" · ") || "nothing pending";
}

function quieter(analytics: Analytics, troubled: Destination[] | undefined): Vital[] {
  const { totals, previous, latency, event_to_delivered, running_replays } = analytics;
  const states = [...new Set(troubled?.map(({ state }) => state))];
  return [
    {
      name: "Received",
      meaning: "Requests that became an event.",
      value: count(totals.received),
      change: [countChange(totals.received, previous.received), repeats(totals)].filter(Boolean).join(" · "),
      href: historyAddress(timeFilter(analytics)),
    },
    {
      name: "Delivery latency, p95",
      meaning: "95 of 100 delivery attempts were faster, over all destinations.",
      value: latency.p95_ms === null ? "–" : duration(latency.p95_ms),
      change: latencyText(analytics) ?? "no deliveries finished",
      href: "/destinations",
    },
    {
      name: "Receipt to delivered",
      meaning:
        "From receipt until all deliveries of an event have succeeded, retries included: 95 of 100 events were faster. Replays are not counted.",
      value: event_to_delivered.p95_ms === null ? "–" : duration(event_to_delivered.p95_ms),
      change: deliveredText(event_to_delivered),
      href: historyAddress(timeFilter(analytics)),
    },
    {
      name: "Active replays",
      meaning: "Replays that are running, queued or paused.",
      value: count(running_replays),
      change: running_replays === 0 ? "none" : "running, queued or paused",
      href: replaysAddress(running_replays === 0 ? {} : { status: ["running", "queued", "paused"] }),
    },
    {
      name: "Unhealthy destinations",
      meaning: "Destinations whose deliveries fail, or that were disabled because they failed.",
      value: troubled === undefined ? "–" : count(troubled.length),
      alarming: (troubled?.length ?? 0) > 0,
      change: troubled === undefined ? "looking" : troubled.length === 0 ? "all healthy" : namesOf(troubled),
      href: destinationsAddress({ state: states }),
    },
  ];
}

/** What reconciliation found. Zero only says that no run found more. */
function reconciled(counts: ReturnType<typeof useRailCounts>): Vital[] {
  return [
    {
      name: "Missing",
      meaning: "Events that a provider has, and that reconciliation did not find here.",
      value: counts === undefined ? "–" : count(counts.missing),
      alarming: (counts?.missing ?? 0) > 0,
      change: counts === undefined ? "loading" : counts.missing === 0 ? "none found" : "back-fill brings them back",
      href: "/reconciliation",
    },
    {
      name: "Repaired, 24 h",
      meaning:
        "Findings of reconciliation that a back-fill repaired within a day. A channel that needs many is broken.",
      value: counts === undefined ? "–" : count(counts.repaired),
      change: counts === undefined ? "loading" : "by back-fills",
      href: "/reconciliation",
    },
  ];
}

function repeats({ duplicate }: OutcomeCounts): string | null {
  return duplicate === 0 ? null : plural(duplicate, "duplicate");
}

/** The value above is p95. */
function deliveredText(times: Analytics["event_to_delivered"]): string {
  const spread = spreadText(times);
  return spread === null ? "no event was delivered" : `p95 · ${spread}`;
}

function latencyText({ latency, previous_latency }: Analytics): string | null {
  const spread = spreadText(latency);
  if (spread === null) return null;
  return [durationChange(latency.p95_ms, previous_latency.p95_ms), spread].filter(Boolean).join(" · ");
}

function spreadText({ p50_ms, p99_ms }: Pick<Analytics["latency"], "p50_ms" | "p99_ms">): string | null {
  return p50_ms === null || p99_ms === null ? null : `p50 ${duration(p50_ms)} · p99 ${duration(p99_ms)}`;
}

function namesOf(troubled: Destination[]): string {
  const [first, ...others] = troubled;
  return others.length === 0 ? (first?.name ?? "") : `${first?.name} and ${count(others.length)} more`;
}
