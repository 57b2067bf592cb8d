import { handle, readJson } from "@/app/api/handle";
import { resolveEvents } from "@/lib/commands/resolve";
import { resolveRequest } from "@/lib/contract/api/replay-requests";

/** Marks failed or dead events as handled by a person, with the reason. Nothing is delivered. */
export const POST = handle("resolve", async (context) => {
  const { event_ids: ids, reason } = resolveRequest.parse(await readJson(context.request));
  return { ...(await resolveEvents({ ids, reason }, context)), request_id: context.requestId };
});
