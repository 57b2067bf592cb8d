import { handle, readJson } from "@/app/api/handle";
import { reopenEvents } from "@/lib/commands/event-notes";
import { reopenRequest } from "@/lib/contract/api/event-notes";

/** Takes back that events were marked as resolved, with the reason. Nothing is delivered. */
export const POST = handle("resolve", async (context) => {
  const { event_ids: ids, reason } = reopenRequest.parse(await readJson(context.request));
  return { ...(await reopenEvents({ ids, reason }, context)), request_id: context.requestId };
});
