import { handle } from "@/app/api/handle";
import { replayItemsRequest } from "@/lib/contract/api/replay-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { listReplayItems, requireReplay } from "@/lib/queries/replays";

/** Items in the order they run, each with its outcome and the rows it changed. */
export const GET = handle("view", async ({ request, params, actor }) => {
  const asked = replayItemsRequest.parse(readQuery(new URL(request.url).searchParams));
  const { id } = await requireReplay(String(params.id), actor);
  // One more than asked for says whether there is another page.
  const found = await listReplayItems(id, { ...asked, limit: asked.limit + 1 }, actor);
  const items = found.slice(0, asked.limit);
  return { items, next_after: found.length > asked.limit ? (items.at(-1)?.position ?? null) : null };
});
