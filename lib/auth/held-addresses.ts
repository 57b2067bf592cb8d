/**
 * Addresses that were told to wait before they guess again. For a moment they are told so again without a question to the
 * database, and by our own server without Next: a flood of guesses costs what refusing it costs.
 */
import type { IncomingMessage } from "node:http";
import { clientAddress } from "@/lib/front/client-address";
import { processSingleton } from "@/lib/process-singleton";

/** Then the database is asked again: another process may have lifted the limit. */
const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 10_000;
const GUESS = /^\/api\/auth\/callback\/credentials(?:[/?]|$)/;

/** Times of `performance.now()`. */
interface Held {
  askAgainAt: number;
  waitsUntil: number;
}

const held = processSingleton("held-addresses", () => new Map<string, Held>());

/** Remembers that an address has to wait for so many seconds, whatever account it guesses at. */
export function holdAddress(address: string, seconds: number): void {
  const now = performance.now();
  if (held.size >= MOST_REMEMBERED) held.clear();
  held.set(address, { askAgainAt: now + REMEMBERED_MS, waitsUntil: now + seconds * 1000 });
}

/** How many seconds an address has to wait, as far as that is remembered. */
export function heldFor(address: string): number | undefined {
  const found = held.get(address);
  const now = performance.now();
  if (found && now < Math.min(found.askAgainAt, found.waitsUntil)) return Math.ceil((found.waitsUntil - now) / 1000);
  held.delete(address);
  return undefined;
}

/** An administrator lifted a limit. */
export function forgetHeldAddresses(): void {
  held.clear();
}

/** How many seconds the address of this request has to wait, when it is a guess: known before anything of it is read. */
export function heldSignIn({ method, url = "", headers }: IncomingMessage): number | undefined {
  return method === "POST" && GUESS.test(url) ? heldFor(clientAddress(headers)) : undefined;
}
