import type { z } from "zod";
import type { deadLettersAnswer, deadLettersRequest } from "@/lib/contract/api/replay-requests";
import { parseId } from "@/lib/contract/ids";
import { environment } from "@/lib/env";
import { getEvent } from "@/lib/queries/events";
import { isRefusal, Refusal } from "@/lib/refusals";
import type { ActorContext } from "./actor";
import { requestReplay } from "./request-replay";

type Asked = z.infer<typeof deadLettersRequest> & { idempotencyKey?: string };

/**
 * Creates the replay that a dead-letter request asks for. `queued` says how many deliveries run; the cap is reported, never
 * silent. Replaying all dead letters when there are none is no error: a cron job may ask for it every night.
 */
export async function replayDeadLetters(asked: Asked, by: ActorContext): Promise<z.infer<typeof deadLettersAnswer>> {
  const limit = environment().REPLAY_MAX_EVENTS;
  const { idempotencyKey, reason = "Retried from the dead letter queue" } = asked;
  const { organisation_id: organisation = asked.org_id } = asked;
  if ("webhook_id" in asked) {
    const selection = { event_ids: [eventNumber(asked.webhook_id)] };
    await requireOwner(asked.webhook_id, organisation, by);
    const { replay } = await requestReplay({ kind: "single", selection, reason, idempotencyKey }, by);
    return { success: true, replay_id: replay.id, queued: replay.total - replay.skipped, matched: 1, limit };
  }
  const selection = { filter: { status: ["dead"], ...(organisation && { org_id: organisation }) }, limit };
  const asking = requestReplay({ kind: "criteria", selection, reason, idempotencyKey }, by).catch(nothingToReplay);
  const replay = (await asking)?.replay;
  if (!replay) return { success: true, replay_id: null, queued: 0, matched: 0, limit };
  const { id, total, skipped, matched } = replay;
  return { success: true, replay_id: id, queued: total - skipped, matched, limit };
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

function eventNumber(id: string): number {
  const number = parseId("event", id);
  if (number !== undefined) return number;
  throw new Refusal("no_such_webhook");
}
