import { handle } from "@/app/api/handle";
import { findReplay } from "@/app/api/webhooks/replays/[id]/find-replay";
import { failuresRequest } from "@/lib/contract/api/merchant-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { listFailures } from "@/lib/queries/merchant-failures";

/** What failed in a replay, and what fails and will be tried again. */
export const GET = handle("view", async (context) => {
  const asked = failuresRequest.parse(readQuery(new URL(context.request.url).searchParams));
  return listFailures((await findReplay(context)).id, asked, context.actor);
});
