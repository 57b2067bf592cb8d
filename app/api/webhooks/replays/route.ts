import { handle, requested } from "@/app/api/handle";
import { requestReplay } from "@/lib/commands/request-replay";
import { createReplayRequest, listReplaysRequest } from "@/lib/contract/api/replay-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { describeRequested } from "@/lib/queries/replay-answers";
import { listReplays } from "@/lib/queries/replays";

/** Replays, newest first. */
export const GET = handle("view", ({ request, actor }) => {
  const { limit, cursor, ...filter } = listReplaysRequest.parse(readQuery(new URL(request.url).searchParams));
  return listReplays(filter, { limit, cursor }, actor);
});

/** Creates a replay of chosen events or of all that match a filter; with `draft` it waits until it is started. */
export const POST = handle("replay", async (context) => {
  const { selection, ...asked } = createReplayRequest.parse(await readReplayRequest(context.request));
  const kind = "filter" in selection ? "criteria" : selection.event_ids.length === 1 ? "single" : "keys";
  const idempotencyKey = idempotencyKeyOf(context.request);
  const created = await requestReplay({ kind, selection, ...asked, idempotencyKey }, context);
  return requested(await describeRequested(created, context), asked.draft);
});
