import type { z } from "zod";
import { askReplay } from "@/app/api/ask-replay";
import type { ApiContext } from "@/app/api/handle";
import type { deadLettersAnswer, deadLettersRequest } from "@/lib/contract/api/replay-requests";
import { parseId } from "@/lib/contract/ids";
import { environment } from "@/lib/env";
import { Problem } from "@/lib/errors";

/**
 * Creates the replay a dead-letter request asks for. `queued` says how many deliveries run; the cap is reported, never
 * silent. All of nothing is no error: a cron job may ask for it every night.
 */
export async function replayDeadLetters(
  asked: z.infer<typeof deadLettersRequest>,
  context: ApiContext,
): Promise<z.infer<typeof deadLettersAnswer>> {
  const limit = environment().REPLAY_MAX_EVENTS;
  const reason = asked.reason ?? "Retried from the dead letter queue";
  if ("webhook_id" in asked) {
    const selection = { event_ids: [eventNumber(asked.webhook_id)] };
    const { replay } = await askReplay({ kind: "single", selection, reason }, context);
    return { success: true, replay_id: replay.id, queued: replay.total - replay.skipped, matched: 1, limit };
  }
  const selection = { filter: { status: ["dead"] }, limit };
  const asking = askReplay({ kind: "criteria", selection, reason }, context).catch(nothingToReplay);
  const replay = (await asking)?.replay;
  if (!replay) return { success: true, replay_id: null, queued: 0, matched: 0, limit };
  const { id, total, skipped, matched } = replay;
  return { success: true, replay_id: id, queued: total - skipped, matched, limit };
}

function nothingToReplay(error: unknown): null {
  if (error instanceof Problem && error.init.status === 404) return null;
  throw error;
}

function eventNumber(id: string): number {
  const number = parseId("event", id);
  if (number !== undefined) return number;
  throw new Problem({ status: 404, title: "Webhook not found.", detail: "Ids look like we_123.", field: "webhook_id" });
}
