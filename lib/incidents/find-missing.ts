/** What never arrived: the providers are asked, and what they name becomes an item. */
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { askProviders } from "./asking";
import { held, kept, type Step } from "./step";

const LOOK_AGAIN_MS = 1_000;

export const findMissing: Step = async (incident) => {
  const { until } = incident.recovery;
  const { runs, notAsked, isUnderWay, problem } = await askProviders(incident, "find_missing", until === "end");
  const sum = (kind: "missing" | "rejected" | "undelivered" | "drifted" | "unrecoverable") =>
    runs.reduce((total, run) => total + run[kind], 0);
  const found = {
    asked: runs.length,
    not_asked: notAsked,
    missing: sum("missing"),
    rejected: sum("rejected"),
    undelivered: sum("undelivered"),
    drifted: sum("drifted"),
    unrecoverable: sum("unrecoverable"),
  };
  if (isUnderWay) return { is: "later", ms: LOOK_AGAIN_MS, found };
  if (problem) return { is: "failed", reason: `${problem} Repair that, then recover again.`, found };
  const { added, is_full } = kept(
    await call("pipeline", "add_incident_findings", {
      ...held(incident),
      p_runs: runs.map(({ id }) => id),
      p_most: environment().INCIDENT_MAX_ITEMS,
    }),
  );
  if (is_full) return { is: "failed", reason: "More is missing than one incident is about. Open another.", found };
  // A worker that was killed here has added them, and adds none the second time.
  const before = Number(incident.steps.find_missing.found.added ?? 0);
  return { is: "done", found: { ...found, added: before + added } };
};
