/** Destinations in the API and the console. Secrets are never shown, only a hint. */
import type { Database } from "@/lib/db/database.types";

type Enums = Database["public"]["Enums"];
export type DestinationKind = Enums["destination_kind"];
export type DeliveryOrdering = Enums["delivery_ordering"];
export type BreakerState = Enums["breaker_state"];

/**
 * Shown instead of a header's value, or of the password or a query value of a URL. In a change request it means: unchanged.
 */
export const MASK = "••••";

/**
 * The state of a destination. `failing`: most attempts of the last minutes failed. `open`: its circuit is open, deliveries
 * wait for a probe. `throttled`: it asked us to slow down. `idle`: nothing was sent recently.
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
