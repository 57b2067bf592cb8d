/**
 * Addresses that have to wait before they guess again. For a short time they are refused without a database query, and by
 * our own server without Next, so that a flood of guesses costs little.
 */
import type { IncomingMessage } from "node:http";
import { clientAddress } from "@/lib/front/client-address";
import { processSingleton } from "@/lib/process-singleton";

/** After this the database is asked again: another process may have lifted the limit. */
const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 10_000;
const GUESS = /^\/api\/auth\/callback\/credentials(?:[/?]|$)/;

/** Times of `performance.now()`. */
interface Held {
  askAgainAt: number;
  waitsUntil: number;
}

const held = processSingleton("held-addresses", () => new Map<string, Held>());

/** Remembers that an address has to wait this many seconds, for any account. */
export function holdAddress(address: string, seconds: number): void {
  const now = performance.now();
  if (held.size >= MOST_REMEMBERED) held.clear();
  held.set(address, { askAgainAt: now + REMEMBERED_MS, waitsUntil: now + seconds * 1000 });
}

/** How many seconds an address has to wait, if that is remembered. */
export function heldFor(address: string): number | undefined {
  const found = held.get(address);
  const now = performance.now();
  if (found && now < Math.min(found.askAgainAt, found.waitsUntil)) return Math.ceil((found.waitsUntil - now) / 1000);
  held.delete(address);
  return undefined;
}

/** For an administrator who has lifted a limit. */
export function forgetHeldAddresses(): void {
  held.clear();
}

/** How many seconds the address of this request has to wait, when the request is a guess. Known before its body is read. */
export function heldSignIn({ method, url = "", headers }: IncomingMessage): number | undefined {
  return method === "POST" && GUESS.test(url) ? heldFor(clientAddress(headers)) : undefined;
}
