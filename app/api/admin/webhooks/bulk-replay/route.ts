import { handle, readJson } from "@/app/api/handle";
import { bulkReplayRequest, filterOf } from "@/lib/contract/api/merchant-requests";
import { answerBulkReplay } from "../merchant-replay";

/** Replays by criteria: `POST /admin/webhooks/bulk-replay` of the Globapay runbook. */
export const POST = handle("replay_many", async (context) => {
  const { criteria, limit, ...asked } = bulkReplayRequest.parse(await readJson(context.request));
  const { eventTypes, timeRange, ...rest } = criteria;
  const filter = filterOf({ ...rest, eventType: eventTypes, ...timeRange });
  return answerBulkReplay({ kind: "criteria", selection: { filter, limit }, ...asked }, context);
});
