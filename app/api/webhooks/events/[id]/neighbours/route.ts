import { handle } from "@/app/api/handle";
import { eventFilterSchema, readQuery } from "@/lib/contract/event-filter";
import { findNeighbours } from "@/lib/queries/event-context";
import { Refusal } from "@/lib/refusals";

/** The events before and after this one in the history that the query filters. */
export const GET = handle("view", async ({ request, params, actor }) => {
  const filter = eventFilterSchema.parse(readQuery(new URL(request.url).searchParams));
  const neighbours = await findNeighbours(String(params.id), filter, actor);
  if (!neighbours) throw new Refusal("no_such_event");
  return neighbours;
});
