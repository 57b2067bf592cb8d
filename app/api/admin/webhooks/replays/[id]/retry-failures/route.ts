import { handle, readJson } from "@/app/api/handle";
import { findReplay } from "@/app/api/webhooks/replays/[id]/find-replay";
import { retryFailuresRequest } from "@/lib/contract/api/merchant-requests";
import { retryFailures } from "./retry-failures";

/** Retries what failed in a replay, all of it or some kinds of failure, as a new replay. */
export const POST = handle("replay", async (context) => {
  const asked = retryFailuresRequest.parse(await readJson(context.request));
  return retryFailures(await findReplay(context), asked, context);
});
