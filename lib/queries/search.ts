import type { Found } from "@/lib/contract/search";
import { searchTerms } from "@/lib/contract/search-terms";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";
import { pastedText } from "./pasted-address";

/** Of each kind. */
const MOST_FOUND = 8;

/**
 * Events, replays, destinations and organisations that match a query: by id, key, request id, customer, name, address or
 * number. A pasted address means what its page shows.
 */
export function searchEverything(query: string, asker: Scoped): Promise<Found> {
  const text = pastedText(query) ?? query;
  return call("console", "search_everything", {
    p_query: text,
    p_words: searchTerms([text]),
    p_limit: MOST_FOUND,
    ...scopeOf(asker),
  });
}
