/** Server reads of destinations, for pages and APIs. */

import type { Destination, DestinationDelivery } from "@/lib/contract/destinations";
import { numberInId, parseId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import type { SealedDestination } from "@/lib/db/functions/people";
import type { DestinationWithoutHealth } from "@/lib/db/functions/reads";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";

/** Every destination with its health, oldest first. */
export async function listDestinations(asker: Scoped): Promise<Destination[]> {
  return withHealth(await call("console", "list_destinations", scopeOf(asker)));
}

/** One destination with its health, by its number. Null when there is none. */
export async function getDestination(id: number, asker: Scoped): Promise<Destination | null> {
  const found = await call("console", "get_destination", { p_id: id, ...scopeOf(asker) });
  return found && ((await withHealth([found]))[0] ?? null);
}

/** The destination of a path, as `ds_12` or `12`. Throws a `Refusal` when the caller may see no such destination. */
export async function requireDestination(id: unknown, asker: Scoped): Promise<Destination> {
  const destination = await getDestination(destinationNumber(id), asker);
  if (destination) return destination;
  throw new Refusal("no_such_destination");
}

/** `ds_12` or `12` as a number. Throws a `Refusal` for anything else. */
export function destinationNumber(id: unknown): number {
  const number = parseId("destination", String(id));
  if (number === undefined) throw new Refusal("no_such_destination");
  return number;
}

/** A destination with its ciphertexts. Throws a `Refusal` when the caller may see no such destination. */
export async function getSealedDestination(id: number, asker: Scoped): Promise<SealedDestination> {
  const sealed = await call("console", "get_sealed_destination", {
    p_id: id,
    ...scopeOf(asker),
  });
  if (!sealed) throw new Refusal("no_such_destination");
  return sealed;
}

export function listDestinationDeliveries(
  id: number,
  { limit, cursor }: { limit: number; cursor?: number },
  asker: Scoped,
): Promise<{ deliveries: DestinationDelivery[]; next_cursor: number | null }> {
  return call("console", "list_destination_deliveries", {
    p_id: id,
    p_limit: limit,
    p_cursor: cursor ?? null,
    ...scopeOf(asker),
  });
}

async function withHealth(destinations: DestinationWithoutHealth[]): Promise<Destination[]> {
  const numbers = destinations.map(({ id }) => numberInId(id));
  const read = await call("console", "read_health", { p_destination_ids: numbers });
  return destinations.map((destination, index) => {
    const health = read[String(numbers[index])];
    if (!health) throw new Error(`There is no health of ${destination.id}.`);
    return { ...destination, ...health };
  });
}
