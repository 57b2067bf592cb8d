/** What is wrong with the items that are here: deliveries that failed, and rows that are gone. */
import { call } from "@/lib/db/client";
import type { ClaimedIncident } from "@/lib/db/functions/incidents";
import { held, kept, type Step } from "./step";

const AT_ONCE = 2_000;

export const findFailed: Step = async (incident) => {
  const { failed = 0, waiting = 0 } = await causes(incident, "find_failed");
  return { is: "done", found: { failed, waiting } };
};

export const findStale: Step = async (incident) => {
  const { stale = 0, drifted = 0, delivered = 0 } = await causes(incident, "find_stale");
  return { is: "done", found: { stale, drifted, delivered } };
};

async function causes(incident: ClaimedIncident, step: "find_failed" | "find_stale"): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (let after: number | null = 0; after !== null; ) {
    const { next, counts }: { next: number | null; counts: Record<string, number> | null } = kept(
      await call("pipeline", "find_incident_causes", {
        ...held(incident),
        p_step: step,
        p_after: after,
        p_limit: AT_ONCE,
      }),
    );
    for (const [cause, count] of Object.entries(counts ?? {})) sums[cause] = (sums[cause] ?? 0) + count;
    after = next;
  }
  return sums;
}
