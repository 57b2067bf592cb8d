import { handle } from "@/app/api/handle";
import { eventTypesRequest } from "@/lib/contract/api/history";
import { readQuery } from "@/lib/contract/event-filter";
import { countEventTypes } from "@/lib/queries/history";

/** How many events came in by provider and type: the numbers next to the filter's choices. */
export const GET = handle("view", async ({ request, actor }) => ({
  types: await countEventTypes(eventTypesRequest.parse(readQuery(new URL(request.url).searchParams)), actor),
}));
