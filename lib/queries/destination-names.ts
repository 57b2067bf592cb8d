import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** The names of destinations, by slug. */
export function readDestinationNames(asker: Scoped): Promise<Record<string, string>> {
  return call("console", "read_destination_names", scopeOf(asker));
}
