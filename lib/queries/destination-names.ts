import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** What destinations are called, by slug. */
export function readDestinationNames(asker: Scoped): Promise<Record<string, string>> {
  return call("console", "read_destination_names", scopeOf(asker));
}
