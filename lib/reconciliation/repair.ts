/**
 * The back-fill of runs that were asked to repair what they find, in the name of who asked. Their right to do so was checked
 * when they asked.
 */

import { numberInId } from "@/lib/contract/ids";
import { completeOptions } from "@/lib/contract/replay-options";
import type { Replay } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import type { RunToBackFill } from "@/lib/db/functions/reconciliation";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { wakeWorker } from "@/lib/pipeline/wake-worker";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { listBackFillable, markBackFilling, storeFindings } from "./back-fill";

/** Back-fills the runs that ended and were to be, each once. */
export async function repairEndedRuns(): Promise<void> {
  const { LEASE_SECONDS } = environment();
  for (const run of await call("pipeline", "take_runs_to_back_fill", { p_lease_seconds: LEASE_SECONDS })) {
    // One that fails is tried again when its lease is over, and keeps no other from its turn.
    try {
      const problem = await repair(run);
      await call("pipeline", "finish_back_fill", { p_id: run.id, p_problem: problem ?? null });
    } catch (error) {
      logError("back_fill_failed", error, { reconciliation: run.id });
    }
  }
}

/** Why it was not started; undefined when it was, or when there was nothing to bring back. */
async function repair(run: RunToBackFill): Promise<string | undefined> {
  const env = environment();
  const requestId = run.request_id ?? `rc_${run.id}`;
  const { findings } = await listBackFillable(run.id, null, env.REPLAY_MAX_EVENTS, EVERYTHING);
  const stored = await storeFindings(run.id, findings, requestId, EVERYTHING);
  if (stored.eventIds.length === 0) return undefined;
  const by = { p_actor: run.actor, p_actor_id: run.actor_id, p_request_id: requestId, ...scopeOf(EVERYTHING) };
  const made = await call("console", "create_replay", {
    p_kind: "back_fill",
    p_selection: { event_ids: stored.eventIds },
    p_options: completeOptions({}, "back_fill"),
    p_limits: { max_events: env.REPLAY_MAX_EVENTS, max_age_days: env.REPLAY_MAX_AGE_DAYS },
    p_reason: `Back-fill of rc_${run.id}`,
    p_idempotency_key: `rc_${run.id}`,
    ...by,
  });
  // Made before by a worker that was killed, while a finding closed by itself.
  const known = made.result === "key_reused" ? made.replay : null;
  if (made.result !== "created" && !known) return `the replay was refused (${made.result.replaceAll("_", " ")}).`;
  const { id } = known ?? (made as { replay: Replay }).replay;
  const replay = numberInId(id);
  await markBackFilling(run.id, stored.findingIds, replay, EVERYTHING);
  const started = await call("console", "start_replay", {
    p_id: replay,
    p_limits: { max_per_hour: env.REPLAY_MAX_PER_HOUR, max_concurrent: env.REPLAY_MAX_CONCURRENT },
    ...by,
  });
  log("back_fill", { reconciliation: run.id, replay_id: id, decision: started.result });
  wakeWorker();
  if (started.result === "hourly_limit" || started.result === "concurrent_limit") {
    return `${id} waits as a draft, because of the limit of replays of ${started.organisation}.`;
  }
  return undefined;
}
