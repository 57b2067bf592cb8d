import { call } from "@/lib/db/client";

/** What destinations are called, by slug. */
export function readDestinationNames(): Promise<Record<string, string>> {
  return call("console", "read_destination_names", {} as never);
}
