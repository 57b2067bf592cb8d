/** Server reads of destinations, for pages and APIs. */
import type { Destination, DestinationDelivery } from "@/lib/contract/destinations";
import { call } from "@/lib/db/client";
import type { SecretHolder } from "@/lib/destinations/secrets";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";

type WithoutHealth = Omit<Destination, "health" | "state" | "hold">;
type Health = Pick<Destination, "health" | "state" | "hold">;

/** Every destination with its health, in the order they were made. */
export async function listDestinations(asker: Scoped): Promise<Destination[]> {
  return withHealth(await call<WithoutHealth[]>("console", "list_destinations", scopeOf(asker)));
}

/** One destination with its health, by its number. Null when there is none. */
export async function getDestination(id: number, asker: Scoped): Promise<Destination | null> {
  const found = await call<WithoutHealth | null>("console", "get_destination", { p_id: id, ...scopeOf(asker) });
  return found && ((await withHealth([found]))[0] ?? null);
}

/** The destination of a path, as `ds_12` or `12`. Throws a `Refusal` when there is none for the asker. */
export async function requireDestination(id: unknown, asker: Scoped): Promise<Destination> {
  const destination = await getDestination(destinationNumber(id), asker);
  if (destination) return destination;
  throw new Refusal("no_such_destination");
}

/** `ds_12` or `12` as a number. Throws a `Refusal` for anything else. */
export function destinationNumber(id: unknown): number {
  const number = /^(?:ds_)?(\d{1,15})$/.exec(String(id))?.[1];
  if (!number) throw new Refusal("no_such_destination");
  return Number(number);
}

export interface SealedDestination extends SecretHolder {
  kind: "tables" | "http";
  managed: boolean;
  url: string | null;
  timeout_ms: number;
  organisation_id: string | null;
}

/** A destination with its ciphertexts. Throws a `Refusal` when there is none for the asker. */
export async function getSealedDestination(id: number, asker: Scoped): Promise<SealedDestination> {
  const sealed = await call<SealedDestination | null>("console", "get_sealed_destination", {
    p_id: id,
    ...scopeOf(asker),
  });
  if (!sealed) throw new Refusal("no_such_destination");
  return sealed;
}

/** The newest deliveries of a destination. */
export function listDestinationDeliveries(
  id: number,
  { limit, cursor }: { limit: number; cursor?: number },
  asker: Scoped,
): Promise<{ deliveries: DestinationDelivery[]; next_cursor: number | null }> {
  return call("console", "list_destination_deliveries", {
    p_id: id,
    p_limit: limit,
    p_cursor: (cursor ?? null) as never,
    ...scopeOf(asker),
  });
}

async function withHealth(destinations: WithoutHealth[]): Promise<Destination[]> {
  const numbers = destinations.map(({ id }) => Number(id.slice("ds_".length)));
  const read = await call<Record<string, Health>>("console", "read_health", { p_destination_ids: numbers });
  return destinations.map((destination, index) => {
    const health = read[String(numbers[index])];
    if (!health) throw new Error(`There is no health of ${destination.id}.`);
    return { ...destination, ...health };
  });
}
