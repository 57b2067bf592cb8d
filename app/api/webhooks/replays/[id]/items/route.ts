import { handle } from "@/app/api/handle";
import { replayItemsRequest } from "@/lib/contract/api/replay-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { listReplayItems, requireReplay } from "@/lib/queries/replays";

/** Items in the order they run, each with its outcome and the rows it changed. */
export const GET = handle("view", async ({ request, params, actor }) => {
  const asked = replayItemsRequest.parse(readQuery(new URL(request.url).searchParams));
  const { id } = await requireReplay(String(params.id), actor);
  const items = await listReplayItems(id, asked, actor);
  return { items, next_after: items.length === asked.limit ? (items.at(-1)?.position ?? null) : null };
});
