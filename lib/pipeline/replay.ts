/**
 * replay: creates the resource, starts and steers it. The selection is frozen when the draft is made, so what is previewed
 * is what runs; the database decides what may become true.
 */

import { parseId } from "@/lib/contract/ids";
import { completeOptions } from "@/lib/contract/replay-options";
import type { Replay, ReplayKind } from "@/lib/contract/replays";
import { type Answers, call } from "@/lib/db/client";
import type { Selection } from "@/lib/db/functions/arguments";
import { environment } from "@/lib/env";
import { Problem, type ProblemInit } from "@/lib/errors";
import { log, logError } from "@/lib/log";
import { type Scoped, scopeOf } from "@/lib/scope";
import { wakeWorker } from "./wake-worker";

const LOOK_EVERY_MS = 50;

export type { Selection };

export interface ReplayRequest {
  kind: ReplayKind;
  selection: Selection;
  /** As lib/contract/replay-options.ts reads it. */
  options?: unknown;
  reason: string;
  actor: Asker;
  requestId: string;
  idempotencyKey?: string;
}

export interface Asker extends Scoped {
  id: string;
  name: string;
}

/** Creates a replay and starts it. The same idempotency key answers with the replay it made before. */
export async function createReplay(request: ReplayRequest): Promise<Replay> {
  const draft = await draftReplay(request);
  if (draft.status !== "draft") return draft;
  try {
    return await startReplay(draft.id, request.actor, request.requestId);
  } catch (error) {
    // Refused by a limit: it will not be started later by accident.
    await steer(draft.id, "cancel", request.actor, request.requestId).catch((failure: unknown) =>
      logError("draft_not_cancelled", failure, { replay_id: draft.id, request_id: request.requestId }),
    );
    throw error;
  }
}

/** Creates a draft: the frozen selection, ready to be previewed and started. Throws a `Problem` when there is nothing to replay. */
export async function draftReplay(request: ReplayRequest): Promise<Replay> {
  const { REPLAY_MAX_EVENTS, REPLAY_MAX_AGE_DAYS } = environment();
  const answer = await call("console", "create_replay", {
    p_kind: request.kind,
    p_selection: request.selection,
    p_options: completeOptions(request.options, request.kind),
    p_limits: { max_events: REPLAY_MAX_EVENTS, max_age_days: REPLAY_MAX_AGE_DAYS },
    p_reason: request.reason,
    ...scopeOf(request.actor),
    p_actor: request.actor.name,
    p_actor_id: request.actor.id,
    p_request_id: request.requestId,
    p_idempotency_key: request.idempotencyKey ?? null,
  });
  logReplay("draft", request, answer);
  if (answer.result !== "created") throw new Problem(DRAFT_REFUSALS[answer.result](answer as never));
  return answer.replay;
}

/** Starts a draft within the limits per merchant. Starting what runs already is no error: it answers with the replay. */
export async function startReplay(id: string, actor: Asker, requestId: string): Promise<Replay> {
  const { REPLAY_MAX_PER_HOUR, REPLAY_MAX_CONCURRENT } = environment();
  const answer = await call("console", "start_replay", {
    p_id: replayNumber(id),
    p_limits: { max_per_hour: REPLAY_MAX_PER_HOUR, max_concurrent: REPLAY_MAX_CONCURRENT },
    ...scopeOf(actor),
    p_actor: actor.name,
    p_actor_id: actor.id,
    p_request_id: requestId,
  });
  logReplay("start", { actor, requestId }, answer);
  if (answer.result === "not_found") throw new Problem(NO_SUCH_REPLAY);
  if ("limit" in answer) throw new Problem(LIMIT_REFUSALS[answer.result](answer));
  wakeWorker();
  return answer.replay;
}

/** Pauses, resumes or cancels. Throws a `Problem` when its status does not allow it. */
export async function steer(id: string, action: Steering, actor: Asker, requestId: string): Promise<Replay> {
  const answer = await call("console", "control_replay", {
    p_id: replayNumber(id),
    p_action: action,
    ...scopeOf(actor),
    p_actor: actor.name,
    p_actor_id: actor.id,
    p_request_id: requestId,
  });
  logReplay(action, { actor, requestId }, answer);
  if (answer.result === "not_found") throw new Problem(NO_SUCH_REPLAY);
  if (answer.result === "not_possible") {
    throw new Problem({ status: 409, title: `A replay that is ${answer.replay.status} cannot be ${PAST[action]}.` });
  }
  wakeWorker();
  return answer.replay;
}

export type Steering = "pause" | "resume" | "cancel";
const PAST: Record<Steering, string> = { pause: "paused", resume: "resumed", cancel: "cancelled" };

/** The replay once it ended, or as it stands after `waitMs`. */
export async function awaitReplay(replay: Replay, waitMs: number, asker: Scoped): Promise<Replay> {
  const until = Date.now() + waitMs;
  let current = replay;
  while ((current.status === "queued" || current.status === "running") && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    current = (await readReplay(replay.id, asker)) ?? current;
  }
  return current;
}

/** `wr_12`, `br_12` or `12` → the replay, null when there is none for the asker. */
export async function readReplay(id: string, asker: Scoped): Promise<Replay | null> {
  const number = parseId("replay", id);
  return number === undefined ? null : call("console", "get_replay", { p_id: number, ...scopeOf(asker) });
}

/** The number in `wr_12`, `br_12` (the runbook's prefix for bulk replays) or `12`. Throws a `Problem` for anything else. */
export function replayNumber(id: string): number {
  const number = parseId("replay", id);
  if (number === undefined) throw new Problem(NO_SUCH_REPLAY);
  return number;
}

type Drafted = Answers["create_replay"];
type TooMany = Extract<Drafted, { result: "too_many" }>;
type OverLimit = Extract<Answers["start_replay"], { limit: number }>;

const NO_SUCH_REPLAY: ProblemInit = { status: 404, title: "There is no such replay.", detail: "Ids look like wr_123." };

const DRAFT_REFUSALS: Record<Exclude<Drafted["result"], "created">, (answer: never) => ProblemInit> = {
  not_found: () => ({
    status: 404,
    title: "No event matches.",
    detail: "Check the provider, the keys or the filter in the event history.",
  }),
  no_destination: () => ({
    status: 409,
    title: "No destination receives these events, so there is nothing to replay.",
    detail: "Events of this type are stored, but not delivered.",
  }),
  in_flight: () => ({
    status: 409,
    title: "Everything selected is being delivered now.",
    detail: "Wait for the attempts to end; replay what fails.",
  }),
  too_old: ({ days }: { days: number }) => ({
    status: 422,
    title: `Events older than ${days} days cannot be replayed.`,
    detail: "An administrator may raise REPLAY_MAX_AGE_DAYS.",
  }),
  too_many: ({ matched, limit }: TooMany) => ({
    status: 422,
    title: `The selection matches ${matched} events; a bulk replay takes at most ${limit}.`,
    detail: `Narrow it, or send "limit": ${limit} to take the oldest ${limit}.`,
    field: "limit",
    // The console offers the oldest ones by these.
    more: { matched, limit },
  }),
  key_reused: ({ replay }: { replay: Replay | null }) => ({
    status: 422,
    title: `This Idempotency-Key made ${replay?.id ?? "a replay"}${replay ? ", which is a replay" : ""} of something else.`,
    detail: "Use a new key for a new replay.",
    field: "Idempotency-Key",
  }),
};

const LIMIT_REFUSALS: Record<OverLimit["result"], (answer: OverLimit) => ProblemInit> = {
  hourly_limit: ({ organisation, used, asked, limit }) => ({
    status: 429,
    title: `The merchant ${organisation} may have ${limit} events replayed per hour.`,
    detail: `${used} were, and this replay has ${asked} more. Wait, or select fewer.`,
    headers: { "retry-after": "600" },
  }),
  concurrent_limit: ({ organisation, used, limit }) => ({
    status: 429,
    title: `The merchant ${organisation} has ${used} replays under way; ${limit} is the most.`,
    detail: "Wait for one to end, or cancel one.",
    headers: { "retry-after": "60" },
  }),
};

function logReplay(
  step: string,
  { actor, requestId }: { actor: Asker; requestId: string },
  answer: { result: string; replay?: Replay | null } | OverLimit,
): void {
  const replay = "replay" in answer ? answer.replay : undefined;
  log("replay", {
    request_id: requestId,
    replay_id: replay?.id,
    actor: actor.id,
    step,
    decision: answer.result,
    total: replay?.total,
  });
}
