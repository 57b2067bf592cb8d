import { handle } from "@/app/api/handle";
import { failuresRequest } from "@/lib/contract/api/merchant-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { listFailures } from "@/lib/queries/merchant-failures";
import { requireReplay } from "@/lib/queries/replays";

/** What failed in a replay, and what fails and will be tried again. */
export const GET = handle("view", async ({ request, params, actor }) => {
  const asked = failuresRequest.parse(readQuery(new URL(request.url).searchParams));
  const { id } = await requireReplay(String(params.id), actor);
  return listFailures(id, asked, actor);
});
