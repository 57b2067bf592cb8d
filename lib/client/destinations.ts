/** The console's client of the destinations API. Each function is one request, and throws `ApiError`. */
import type { Destination, DestinationDelivery, DestinationState, EndpointTest } from "@/lib/contract/destinations";
import { patchJson, postJson, requestJson } from "./request";

const DESTINATIONS = "/api/destinations";
export const DELIVERIES_PER_PAGE = 20;

/** The longest timeout of an endpoint, plus time for the answer to come back. */
const TEST_PATIENCE_MS = 40_000;

/** The settings of a destination. A field that is left out keeps its value, or gets its default. */
export interface DestinationInput {
  name?: string;
  organisation_id?: string | null;
  url?: string;
  event_types?: string[];
  providers?: string[];
  headers?: Record<string, string>;
  timeout_ms?: number;
  max_attempts?: number;
  base_delay_ms?: number;
  backoff_factor?: number;
  max_concurrency?: number;
  rate_per_second?: number | null;
  ordering?: Destination["ordering"];
  livemode?: Destination["livemode"];
}

export type Switch = "pause" | "resume" | "enable" | "disable";

export interface DeliveryPage {
  deliveries: DestinationDelivery[];
  next_cursor: number | null;
}

/** The only answer with a whole secret. */
export interface WithSecret {
  destination: Destination;
  secret: string;
}

export async function fetchDestinations(signal?: AbortSignal): Promise<Destination[]> {
  return (await requestJson<{ destinations: Destination[] }>(DESTINATIONS, { signal })).destinations;
}

export function fetchDestination(id: string, signal?: AbortSignal): Promise<Destination> {
  return requestJson<Destination>(pathOf(id), { signal });
}

export function fetchDeliveries(id: string, cursor?: number, signal?: AbortSignal): Promise<DeliveryPage> {
  const query = new URLSearchParams({ limit: String(DELIVERIES_PER_PAGE), ...(cursor && { cursor: String(cursor) }) });
  return requestJson<DeliveryPage>(`${pathOf(id)}/deliveries?${query}`, { signal });
}

export function createDestination(input: DestinationInput): Promise<WithSecret> {
  return postJson<WithSecret>(DESTINATIONS, input);
}

/** A new host gets a new secret, which is then in the answer. */
export async function updateDestination(
  id: string,
  input: DestinationInput,
): Promise<{ destination: Destination; secret?: string }> {
  const answer = await patchJson<Destination | WithSecret>(pathOf(id), input);
  return "secret" in answer ? answer : { destination: answer };
}

export function deleteDestination(id: string): Promise<void> {
  return requestJson<void>(pathOf(id), { method: "DELETE" });
}

export function switchDestination(id: string, action: Switch): Promise<Destination> {
  return postJson<Destination>(`${pathOf(id)}/${action}`, {});
}

/** Lets the next waiting delivery through an open circuit. `all`: the waiting retries follow as soon as it succeeds. */
export function tryNow(id: string, all = false): Promise<Destination> {
  return postJson<Destination>(`${pathOf(id)}/try-now`, { all });
}

export function rotateSecret(id: string): Promise<WithSecret> {
  return postJson<WithSecret>(`${pathOf(id)}/rotate-secret`, {});
}

/** Sends one signed test request and waits for the answer. */
export function testDestination(id: string): Promise<EndpointTest> {
  return postJson<EndpointTest>(`${pathOf(id)}/test`, {}, { patienceMs: TEST_PATIENCE_MS });
}

/** The same for a URL that no destination has yet. */
export function testUrl(url: string, organisation: string | null): Promise<EndpointTest> {
  const merchant = organisation ? { merchantId: organisation } : {};
  return postJson<EndpointTest>(
    "/admin/webhooks/test-endpoint",
    { ...merchant, url },
    { patienceMs: TEST_PATIENCE_MS },
  );
}

/** Makes an event and delivers it to the destination, through the whole pipeline. */
export function sendSample(id: string): Promise<{ event_id: string; delivery_id: number }> {
  return postJson(`${pathOf(id)}/sample`, {});
}

const TROUBLE: readonly DestinationState[] = ["failing", "open", "half_open"];

/** True when a person should check the destination: deliveries fail, or the endpoint itself had it disabled. */
export function isInTrouble({ state, disabled_because }: Destination): boolean {
  return TROUBLE.includes(state) || (state === "disabled" && disabled_because !== null);
}

function pathOf(id: string): string {
  return `${DESTINATIONS}/${encodeURIComponent(id)}`;
}
