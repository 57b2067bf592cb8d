import { handle, readJson } from "@/app/api/handle";
import { resolveRequest } from "@/lib/contract/api/replay-requests";
import { resolveEvents } from "@/lib/pipeline/resolve";

/** Marks failed or dead events as handled by a person, with the reason. Nothing is delivered. */
export const POST = handle("resolve", async ({ request, actor, requestId }) => {
  const { event_ids, reason } = resolveRequest.parse(await readJson(request));
  return { ...(await resolveEvents(event_ids, { reason, actor, requestId })), request_id: requestId };
});
