/** Destinations as the API answers them and the console shows them. Secrets never leave: a hint is all there is to see. */
import type { Database } from "@/lib/db/database.types";

type Enums = Database["public"]["Enums"];
export type DestinationKind = Enums["destination_kind"];
export type DeliveryOrdering = Enums["delivery_ordering"];
export type BreakerState = Enums["breaker_state"];

/**
 * Stands where a header's value, or the password or a query value of a URL is not shown. Sent back in a change it means:
 * as it is.
 */
export const MASK = "••••";

/**
 * What a destination is doing, in one word. `failing`: most attempts of the last minutes failed. `open`: its circuit is open,
 * deliveries wait for a probe. `throttled`: it asked us to slow down. `idle`: nothing was sent lately.
 */
export const DESTINATION_STATES = [
  "healthy",
  "idle",
  "slow",
  "failing",
  "throttled",
  "open",
  "half_open",
  "paused",
  "disabled",
] as const;
export type DestinationState = (typeof DESTINATION_STATES)[number];

export type { Destination, DestinationDelivery, DestinationHealth, DestinationWithSecret } from "./api/destinations";
export type { EndpointTest } from "./api/test-endpoint";
