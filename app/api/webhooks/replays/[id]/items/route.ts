import { handle } from "@/app/api/handle";
import { replayItemsRequest } from "@/lib/contract/api/replay-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { listReplayItems } from "@/lib/queries/replays";
import { findReplay } from "../find-replay";

/** Items in the order they run, each with its outcome and the rows it changed. */
export const GET = handle("view", async (context) => {
  const asked = replayItemsRequest.parse(readQuery(new URL(context.request.url).searchParams));
  const { id } = await findReplay(context);
  const items = await listReplayItems(id, asked, context.actor);
  return { items, next_after: items.length === asked.limit ? (items.at(-1)?.position ?? null) : null };
});
