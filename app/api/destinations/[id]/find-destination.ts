import type { Destination } from "@/lib/contract/destinations";
import { destinationNumber, REFUSALS } from "@/lib/destinations/manage";
import { Problem } from "@/lib/errors";
import { getDestination } from "@/lib/queries/destinations";

/** The destination of a route's `[id]`, as `ds_12` or `12`. Throws a 404 `Problem` when there is none. */
export async function findDestination(id: unknown): Promise<Destination> {
  const destination = await getDestination(destinationNumber(id));
  if (destination) return destination;
  throw new Problem(REFUSALS.not_found);
}
