/** The replays of a recovery: in the name of who asked for it, whose right to do so was checked then. */
import { completeOptions } from "@/lib/contract/replay-options";
import type { Replay } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import type { ClaimedIncident } from "@/lib/db/functions/incidents";
import { environment } from "@/lib/env";
import { EVERYTHING, scopeOf } from "@/lib/scope";

/** The events of the next stage, at most `limit`, in the order in which they are recovered. */
export function pick({ id }: ClaimedIncident, limit: number): Promise<number[]> {
  const { REPLAY_MAX_EVENTS, REPLAY_MAX_PER_HOUR, REPLAY_MAX_AGE_DAYS } = environment();
  return call("pipeline", "pick_incident_events", {
    p_id: id,
    p_limit: Math.min(limit, REPLAY_MAX_EVENTS),
    p_per_organisation: REPLAY_MAX_PER_HOUR,
    p_max_age_days: REPLAY_MAX_AGE_DAYS,
  });
}

/** Makes the draft of a stage, or finds the one that was made under this key; a sentence says why there is none. */
export async function draftOf(
  incident: ClaimedIncident,
  events: readonly number[],
  key: string | null,
): Promise<Replay | string> {
  const { REPLAY_MAX_EVENTS, REPLAY_MAX_AGE_DAYS } = environment();
  const made = await call("pipeline", "create_replay", {
    p_kind: "incident",
    p_selection: { event_ids: [...events] },
    p_options: optionsOf(incident),
    p_limits: { max_events: REPLAY_MAX_EVENTS, max_age_days: REPLAY_MAX_AGE_DAYS },
    p_reason: `Recovery of in_${incident.id}`,
    p_idempotency_key: key,
    ...byOf(incident),
  });
  // Made before by a worker that was killed, when the items were not quite the same.
  if (made.result === "key_reused" && made.replay) return made.replay;
  return made.result === "created" ? made.replay : `The replay was refused: ${made.result.replaceAll("_", " ")}.`;
}

/** Why it was not started yet; undefined when it runs. */
export async function startDraft(incident: ClaimedIncident, replay: number): Promise<string | undefined> {
  const { REPLAY_MAX_PER_HOUR, REPLAY_MAX_CONCURRENT } = environment();
  const started = await call("pipeline", "start_replay", {
    p_id: replay,
    p_limits: { max_per_hour: REPLAY_MAX_PER_HOUR, max_concurrent: REPLAY_MAX_CONCURRENT },
    ...byOf(incident),
  });
  if (started.result === "hourly_limit") {
    return `${started.organisation} may have ${started.limit} events replayed per hour; ${started.used} were.`;
  }
  if (started.result === "concurrent_limit") {
    return `${started.organisation} has ${started.used} replays under way; ${started.limit} are allowed.`;
  }
  return undefined;
}

/** A stage is its own canary. */
function optionsOf({ recovery }: ClaimedIncident): Record<string, unknown> {
  return completeOptions({ ...recovery.options, canary: 0, dryRun: false }, "incident");
}

function byOf({ id, recovery }: ClaimedIncident) {
  return {
    p_actor: recovery.actor,
    p_actor_id: recovery.actor_id,
    p_request_id: recovery.request_id ?? `in_${id}`,
    ...scopeOf(EVERYTHING),
  };
}
