/**
 * How often an event has come back. Each forward says in `redrive-hops` how many forwards came before it. So a destination
 * that leads back to one of our endpoints, directly or through a relay or another Redrive, is stopped.
 */
import type { HeaderPairs } from "@/lib/providers/provider";

export const HOPS_HEADER = "redrive-hops";

const MOST_HOPS = 3;

/**
 * How many forwards came before a received request. Only digits are ours: any other value counts as none, and of several
 * values, also joined by a proxy, the greatest counts. Not signed, because another Redrive has another key: a sender who
 * makes the number up only stops the forwarding of their own events.
 */
export function hopsOf(headers: HeaderPairs): number {
  const written = headers
    .filter(([name]) => name.toLowerCase() === HOPS_HEADER)
    .flatMap(([, value]) => value.split(","));
  const numbers = written.map((text) => text.trim()).filter((text) => /^\d+$/.test(text));
  return Math.max(0, ...numbers.map((text) => Math.min(Number(text), Number.MAX_SAFE_INTEGER)));
}

/** The header for forwarding an event that was received with these headers. */
export function hopsHeader(headers: HeaderPairs): Record<string, string> {
  return { [HOPS_HEADER]: String(hopsOf(headers) + 1) };
}

/** Why an event is not forwarded again; undefined while it may be. */
export function loopIn(headers: HeaderPairs, destination: string): string | undefined {
  const hops = hopsOf(headers);
  if (hops < MOST_HOPS) return undefined;
  const times = hops > 99 ? "more than 99" : hops;
  return `This event came back to Redrive ${times} times: the destination ${destination} leads to one of our endpoints.`;
}
