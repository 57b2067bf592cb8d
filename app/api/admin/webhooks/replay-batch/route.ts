import { handle, readJson } from "@/app/api/handle";
import { replayBatchRequest } from "@/lib/contract/api/merchant-requests";
import { answerBulkReplay } from "../merchant-replay";

/** Replays events by their ids: `POST /admin/webhooks/replay-batch` of the Globapay runbook. */
export const POST = handle("replay", async (context) => {
  const { eventIds, ...asked } = replayBatchRequest.parse(await readJson(context.request));
  return answerBulkReplay({ kind: "keys", selection: { event_ids: eventIds }, ...asked }, context);
});
