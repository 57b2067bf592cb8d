import type { z } from "zod";
import type { deadLettersAnswer, deadLettersRequest } from "@/lib/contract/api/dead-letters";
import { parseId } from "@/lib/contract/ids";
import type { Replay } from "@/lib/contract/replays";
import { environment } from "@/lib/env";
import { getEvent } from "@/lib/queries/events";
import { isRefusal, Refusal } from "@/lib/refusals";
import type { ActorContext } from "./actor";
import { createAndStartReplay } from "./replays";
import { requestReplay } from "./request-replay";

type Asked = z.infer<typeof deadLettersRequest> & { idempotencyKey?: string };
type Answer = z.infer<typeof deadLettersAnswer>;

/**
 * Creates the replay that a dead-letter request asks for, of dead deliveries only. `queued` says how many run; the cap is
 * reported, never silent. Replaying all dead letters when there are none is no error: a cron job may ask for it every night.
 */
export async function replayDeadLetters(asked: Asked, by: ActorContext): Promise<Answer> {
  const { idempotencyKey, reason = "Retried from the dead letter queue" } = asked;
  const { organisation_id: organisation = asked.org_id } = asked;
  if ("webhook_id" in asked) {
    await requireOwner(asked.webhook_id, organisation, by);
    return replayDeadLetter(asked.webhook_id, { idempotencyKey, reason }, by);
  }
  const { limit = environment().REPLAY_MAX_EVENTS } = asked;
  const dead = { status: ["dead" as const], delivery_status: ["dead" as const] };
  const selection = { filter: { ...dead, ...(organisation && { org_id: organisation }) }, limit };
  const request = { kind: "criteria", selection, reason, idempotencyKey, keepEmpty: true } as const;
  const replay = (await requestReplay(request, by).catch(nothingToReplay))?.replay;
  if (!replay) return { success: true, replay_id: null, queued: 0, matched: 0, remaining: 0, limit };
  return answerOf(replay);
}

/** An event of another organisation than the one that was named is as good as none. */
async function requireOwner(id: string, organisation: string | undefined, { actor }: ActorContext): Promise<void> {
  if (organisation === undefined) return;
  const event = await getEvent(id, actor);
  if (event?.org_id !== organisation) throw new Refusal("no_such_webhook");
}

function nothingToReplay(error: unknown): null {
  if (isRefusal(error, "no_event_matches")) return null;
  throw error;
}

/** Throws a `Refusal` for an event that is not dead: it left the queue, or never failed. */
async function replayDeadLetter(
  id: string,
  { idempotencyKey, reason }: { idempotencyKey?: string; reason: string },
  by: ActorContext,
): Promise<Answer> {
  const number = parseId("event", id);
  if (number === undefined) throw new Refusal("no_such_webhook");
  const selection = { event_ids: [number], only_dead: true as const };
  try {
    return answerOf(await createAndStartReplay({ kind: "single", selection, reason, idempotencyKey }, by));
  } catch (error) {
    if (!isRefusal(error, "no_event_matches")) throw error;
    const event = await getEvent(id, by.actor);
    if (!event) throw new Refusal("no_such_webhook");
    const isUnderWay = event.status === "received" || event.status === "processing";
    throw isUnderWay
      ? new Refusal("in_flight")
      : new Refusal("not_a_dead_letter", { id: event.id, status: event.status });
  }
}

function answerOf({ id, total, skipped, matched, remaining }: Replay): Answer {
  const limit = environment().REPLAY_MAX_EVENTS;
  return { success: true, replay_id: id, queued: total - skipped, matched, remaining, limit };
}
