import type { Found } from "@/lib/contract/search";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** Of each kind. */
const MOST_FOUND = 8;

/** Events, replays, destinations and organisations that match a query: by id, key, request id or name. */
export function searchEverything(query: string, asker: Scoped): Promise<Found> {
  return call("console", "search_everything", {
    p_query: query,
    p_limit: MOST_FOUND,
    ...scopeOf(asker),
  });
}
