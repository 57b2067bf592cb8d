import { handle, readJson } from "@/app/api/handle";
import { merchantReplayRequest } from "@/lib/contract/api/merchant-requests";
import { eventId } from "@/lib/contract/api/values";
import { Problem } from "@/lib/errors";
import { answerMerchantReplay } from "../../merchant-replay";

/** Replays one event: `POST /admin/webhooks/{eventId}/replay` of the Globapay runbook. */
export const POST = handle("replay", async (context) => {
  const id = eventId.safeParse(context.params.eventId);
  if (!id.success)
    throw new Problem({ status: 404, title: "There is no such event.", detail: "Ids look like we_123." });
  const asked = merchantReplayRequest.parse(await readJson(context.request));
  return answerMerchantReplay({ kind: "single", selection: { event_ids: [id.data] }, ...asked }, context);
});
