import type { ApiContext } from "@/app/api/handle";
import { mayActor } from "@/lib/auth/permissions";
import { Problem } from "@/lib/errors";
import { createReplay } from "@/lib/pipeline/replay";

/** The Globapay runbook's cap on one bulk replay. */
const MOST_AT_ONCE = 500;

type Request = ({ webhook_id: string } | { retry_all: true }) & { reason?: string };

/** Creates the replay a dead-letter request asks for. `queued` says how many deliveries run; the cap is reported, never silent. */
export async function replayDeadLetters(asked: Request, { actor, requestId }: ApiContext) {
  const all = "retry_all" in asked;
  if (all && !mayActor(actor, "replay_many")) {
    throw new Problem({
      status: 403,
      title: "Only administrators may replay everything.",
      detail: "Replay single events instead.",
    });
  }
  const replay = await createReplay({
    kind: all ? "criteria" : "single",
    selection: all
      ? { filter: { status: ["dead"] }, limit: MOST_AT_ONCE }
      : { event_ids: [eventNumber(asked.webhook_id)] },
    reason: asked.reason ?? "Retried from the dead letter queue",
    actor,
    requestId,
  });
  return { success: true, replay_id: replay.id, queued: replay.total - replay.skipped, limit: MOST_AT_ONCE };
}

function eventNumber(id: string): number {
  const number = /^(?:we_)?(\d{1,15})$/.exec(id)?.[1];
  if (number) return Number(number);
  throw new Problem({ status: 404, title: "Webhook not found.", detail: "Ids look like we_123.", field: "webhook_id" });
}
