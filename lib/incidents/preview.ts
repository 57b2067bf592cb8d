/** What is missing is stored without being delivered, and what a recovery would do is computed. */
import { numberInId } from "@/lib/contract/ids";
import type { Replay } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import type { ClaimedIncident } from "@/lib/db/functions/incidents";
import { environment } from "@/lib/env";
import { previewReplay } from "@/lib/queries/replay-preview";
import { storeFindings } from "@/lib/reconciliation/back-fill";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { draftOf, pick } from "./draft";
import { held, kept, type Step } from "./step";

const AT_ONCE = 200;
/** The effects of a larger recovery are those of its first events. */
const SAMPLE = 500;

export const preview: Step = async (incident) => {
  await store(incident);
  const linked = kept(await call("pipeline", "link_incident_events", held(incident)));
  kept(await call("pipeline", "settle_incident_items", held(incident)));
  const found = { ...linked, ...(await look(incident)) };
  if (incident.recovery.until === "end") return { is: "done", found };
  return { is: "waiting", reason: "Check the preview, then start the recovery.", found };
};

/** A worker that was killed here finds what it stored. */
async function store(incident: ClaimedIncident): Promise<void> {
  for (let after = 0; ; ) {
    const page = await call("pipeline", "incident_findings_to_store", {
      p_id: incident.id,
      p_after: after,
      p_limit: AT_ONCE,
    });
    if (page.length === 0) return;
    for (const run of new Set(page.map((one) => one.run))) {
      const findings = page.filter((one) => one.run === run).map(({ finding }) => finding);
      await storeFindings(run, findings, incident.recovery.request_id, EVERYTHING);
    }
    after = page.at(-1)?.position ?? after;
  }
}

/** Counts of all items, and the effects of the first ones, by a draft that is thrown away. */
async function look(incident: ClaimedIncident) {
  const { to_run, under_way, by_destination, holds } = await call("pipeline", "read_incident_progress", {
    p_id: incident.id,
    p_max_age_days: environment().REPLAY_MAX_AGE_DAYS,
  });
  const counted = { to_run, under_way, by_destination, holds };
  const events = await pick(incident, SAMPLE);
  const draft = events.length > 0 ? await draftOf(incident, events, null) : undefined;
  if (typeof draft !== "object") return { ...counted, ...(draft && { warnings: [draft] }) };
  try {
    return { ...counted, ...(await effectsOf(draft)) };
  } finally {
    await call("pipeline", "discard_draft", { p_id: numberInId(draft.id), ...scopeOf(EVERYTHING) });
  }
}

async function effectsOf(draft: Replay) {
  const { changes, impact, events, by } = await previewReplay(draft, EVERYTHING);
  const { created, updated, unchanged, superseded, will_fail, problems } = changes;
  return {
    sampled_events: events,
    effects: { created, updated, unchanged, superseded, will_fail },
    sample_by_destination: by.destination ?? [],
    money: impact.money,
    customers: impact.customers,
    warnings: problems.slice(0, 10).map(({ message, count }) => `${count}: ${message}`),
  };
}
