import { type Scoped, scopeOf } from "@/lib/auth/scope";
import { call } from "@/lib/db/client";

/** What destinations are called, by slug. */
export function readDestinationNames(asker: Scoped): Promise<Record<string, string>> {
  return call("console", "read_destination_names", scopeOf(asker));
}
