import type { Destination } from "@/lib/contract/destinations";
import { destinationNumber, REFUSALS } from "@/lib/destinations/manage";
import { Problem } from "@/lib/errors";
import { getDestination } from "@/lib/queries/destinations";
import type { Scoped } from "@/lib/scope";

/** The destination of a route's `[id]`, as `ds_12` or `12`. Throws a 404 `Problem` when there is none for the asker. */
export async function findDestination(id: unknown, asker: Scoped): Promise<Destination> {
  const destination = await getDestination(destinationNumber(id), asker);
  if (destination) return destination;
  throw new Problem(REFUSALS.not_found);
}
