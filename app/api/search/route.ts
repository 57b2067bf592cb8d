import { handle } from "@/app/api/handle";
import { searchRequest } from "@/lib/contract/api/search";
import { readQuery } from "@/lib/contract/event-filter";
import { searchEverything } from "@/lib/queries/search";

/** Finds what a few typed letters may mean: a key, an id, a request id, a name. */
export const GET = handle("view", ({ request, actor }) => {
  const { q } = searchRequest.parse(readQuery(new URL(request.url).searchParams));
  return searchEverything(q, actor);
});
