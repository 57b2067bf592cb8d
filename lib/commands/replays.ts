/**
 * replay: creates the resource, starts and controls it. The selection is frozen when the draft is made, so the previewed
 * deliveries are those that run; the database decides which transitions are allowed.
 */

import { completeOptions } from "@/lib/contract/replay-options";
import type { Replay, ReplayKind } from "@/lib/contract/replays";
import { type Answers, call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { wakeWorker } from "@/lib/pipeline/wake-worker";
import { replayNumber, type Selection } from "@/lib/queries/replays";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { type Drafted, draftRefusal } from "./draft-refusal";

export interface ReplayInput {
  kind: ReplayKind;
  selection: Selection;
  /** The input of lib/contract/replay-options.ts. */
  options?: unknown;
  reason: string;
  idempotencyKey?: string;
  /** With an idempotency key: when nothing matches, an ended replay of nothing is kept as the answer. */
  keepEmpty?: boolean;
}

/** Creates a draft and starts it. The same idempotency key returns the replay it made before. */
export async function createAndStartReplay(input: ReplayInput, by: ActorContext): Promise<Replay> {
  const draft = await createReplay(input, by);
  if (draft.status !== "draft") return draft;
  try {
    return await startReplay(draft.id, by);
  } catch (error) {
    // A limit refused the start. Without the draft nothing is listed, and the same idempotency key works later.
    await call("console", "discard_draft", { p_id: replayNumber(draft.id), ...scopeOf(by.actor) }).catch(
      (failure: unknown) => logError("draft_not_discarded", failure, { replay_id: draft.id, request_id: by.requestId }),
    );
    throw error;
  }
}

/**
 * Creates a draft: the frozen selection, ready for preview and start. Throws a `Refusal` when there is nothing to replay.
 */
export async function createReplay(input: ReplayInput, by: ActorContext): Promise<Replay> {
  const { REPLAY_MAX_EVENTS, REPLAY_MAX_AGE_DAYS } = environment();
  const answer = await call("console", "create_replay", {
    p_kind: input.kind,
    p_selection: input.selection,
    p_options: completeOptions(input.options, input.kind),
    p_limits: {
      max_events: REPLAY_MAX_EVENTS,
      max_age_days: REPLAY_MAX_AGE_DAYS,
      keep_empty: input.keepEmpty ?? false,
    },
    p_reason: input.reason,
    ...scopeOf(by.actor),
    ...byArguments(by),
    p_idempotency_key: input.idempotencyKey ?? null,
  });
  logReplay("draft", by, answer);
  if (answer.result !== "created") throw draftRefusal(answer);
  return answer.replay;
}

/** Starts a draft within the limits per merchant. Starting a running replay is no error: the replay is returned. */
export async function startReplay(id: string, by: ActorContext): Promise<Replay> {
  const { REPLAY_MAX_PER_HOUR, REPLAY_MAX_CONCURRENT } = environment();
  const answer = await call("console", "start_replay", {
    p_id: replayNumber(id),
    p_limits: { max_per_hour: REPLAY_MAX_PER_HOUR, max_concurrent: REPLAY_MAX_CONCURRENT },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  logReplay("start", by, answer);
  if (answer.result === "not_found") throw new Refusal("no_such_replay");
  if (answer.result === "hourly_limit") throw new Refusal("hourly_limit", answer);
  if (answer.result === "concurrent_limit") throw new Refusal("concurrent_limit", answer);
  wakeWorker();
  return answer.replay;
}

export type ReplayControl = "pause" | "resume" | "cancel";

/** Pauses, resumes or cancels. Throws a `Refusal` when its status does not allow it. */
export async function controlReplay(id: string, action: ReplayControl, by: ActorContext): Promise<Replay> {
  const answer = await call("console", "control_replay", {
    p_id: replayNumber(id),
    p_action: action,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  logReplay(action, by, answer);
  if (answer.result === "not_found") throw new Refusal("no_such_replay");
  if (answer.result === "not_possible") {
    throw new Refusal("not_possible_now", { status: answer.replay.status, action });
  }
  wakeWorker();
  return answer.replay;
}
type Started = Answers["start_replay"];
type Controlled = Answers["control_replay"];

function logReplay(step: string, { actor, requestId }: ActorContext, answer: Drafted | Started | Controlled): void {
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
