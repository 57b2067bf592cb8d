import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** Enough to choose from; a user who has more types the name. */
const MOST = 200;

/** The organisations that have events and that the caller may see, by name. */
export function listOrganisations(asker: Scoped): Promise<string[]> {
  return call("console", "list_organisations", { p_limit: MOST, ...scopeOf(asker) });
}
