/**
 * Addresses whose guesses are refused for a while without a database query, and by our own server without Next, so that a
 * flood of guesses costs little: those that have to wait, and those that go on although each guess was refused. Of each, one
 * guess per second still asks the database, because another process may have lifted the limit.
 */
import type { IncomingMessage } from "node:http";
import { clientAddress } from "@/lib/front/client-address";
import { processSingleton } from "@/lib/process-singleton";

const ASKS_EVERY_MS = 1_000;
/** So many refusals within this time are a flood, whichever accounts it guesses at. A person makes a few. */
const FLOOD_REFUSALS = 10;
const FLOOD_MS = 10_000;
const MOST_REMEMBERED = 10_000;
const GUESS = /^\/api\/auth\/callback\/credentials(?:[/?]|$)/;

/** Times of `performance.now()`. */
interface Held {
  /** When the address is free. */
  until: number;
  /** When the next guess may ask the database. */
  asksAt: number;
  /** A guess that our server let pass has not asked yet. */
  isAsking: boolean;
  /** Any of its guesses may be the one that is let pass, so it is told to come back soon. */
  isFlood: boolean;
}

interface Refusals {
  count: number;
  /** `performance.now()` at the first of them. */
  since: number;
}

const held = processSingleton("held-addresses", () => new Map<string, Held>());
const refusals = processSingleton("refused-guesses", () => new Map<string, Refusals>());

/** Remembers that an address has to wait this many seconds, for any account. */
export function holdAddress(address: string, seconds: number): void {
  hold(address, seconds * 1000, false);
}

/** Counts a guess that was refused for its account's sake. An address with many of them is held for a while. */
export function noteRefusedGuess(address: string): void {
  const now = performance.now();
  const known = refusals.get(address);
  const counted = known && now - known.since < FLOOD_MS ? known : { count: 0, since: now };
  counted.count += 1;
  remember(refusals, address, counted);
  if (counted.count >= FLOOD_REFUSALS) hold(address, FLOOD_MS, true);
}

function hold(address: string, milliseconds: number, isFlood: boolean): void {
  const now = performance.now();
  remember(held, address, { until: now + milliseconds, asksAt: now + ASKS_EVERY_MS, isAsking: false, isFlood });
}

function remember<Value>(map: Map<string, Value>, address: string, value: Value): void {
  if (map.size >= MOST_REMEMBERED) map.clear();
  map.set(address, value);
}

/** How many seconds the address of a guess has to wait. Undefined: this guess may ask the database. */
export function heldFor(address: string): number | undefined {
  const found = held.get(address);
  if (found?.isAsking) {
    found.isAsking = false;
    return undefined;
  }
  return waitOf(address, found);
}

/** Requests that our server let pass to ask: it looks at each twice. */
const asking = new WeakSet<IncomingMessage>();

/** The same of a request that our server has not read yet, when it is a guess. One that may ask may do so when asked again. */
export function heldSignIn(request: IncomingMessage): number | undefined {
  const { method, url = "", headers } = request;
  if (method !== "POST" || !GUESS.test(url) || asking.has(request)) return undefined;
  const address = clientAddress(headers);
  const found = held.get(address);
  const seconds = waitOf(address, found);
  if (found && seconds === undefined) {
    found.isAsking = true;
    asking.add(request);
  }
  return seconds;
}

function waitOf(address: string, found: Held | undefined): number | undefined {
  if (!found) return undefined;
  const now = performance.now();
  if (now >= found.until) {
    held.delete(address);
  } else if (now < found.asksAt) {
    // A flood is held while it goes on: between two holds, all of it would ask the database.
    if (found.isFlood) found.until = now + FLOOD_MS;
    return found.isFlood ? 1 : Math.ceil((found.until - now) / 1000);
  }
  found.asksAt = now + ASKS_EVERY_MS;
  return undefined;
}

/** The database has let a guess pass: the address does not have to wait any more. A flood is held until it ends. */
export function releaseAddress(address: string): void {
  if (held.get(address)?.isFlood === false) held.delete(address);
}

/** For an administrator who has lifted a limit. */
export function forgetHeldAddresses(): void {
  held.clear();
  refusals.clear();
}
