/**
 * Limits forged requests by the sender's network. Each one that fails verification costs its network a second; who is more
 * than a minute ahead gets 429 before the body is read. A network with a verified request within a day is still verified, a
 * few at a time, so that a genuine burst behind an address that a stranger shares gets in.
 *
 * Every process counts for itself and settles with the others in the database (record_senders) a few times per second.
 */
import { call } from "@/lib/db/client";
import { createFairQueue, QueueFull } from "@/lib/db/fair-queue";
import { environment } from "@/lib/env";
import { logError } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";

const MINUTE_MS = 60_000;
const SETTLE_MS = 250;
/** How long ago the database heard of a genuine request: it need not hear of each. */
const TELL_AGAIN_MS = 60 * 60 * 1000;
const GENUINE_MS = 24 * 60 * 60 * 1000;
const MOST_REMEMBERED = 10_000;
/** The sender must get its answer within three seconds, and what it sends must still be stored. */
const LONGEST_WAIT_MS = 800;

/** Times of `performance.now()`. */
interface Sender {
  chargedUntil: number;
  /** When the newest request that was verified came. */
  genuineAt: number;
  toldAt: number;
}

interface Unsettled {
  forged: Map<string, number>;
  genuine: Set<string>;
}

const NEVER = Number.NEGATIVE_INFINITY;

const state = processSingleton("sender-limit", () => ({
  senders: new Map<string, Sender>(),
  unsettled: { forged: new Map(), genuine: new Set() } as Unsettled,
  settling: false,
}));

const queue = processSingleton("sender-limit-queue", () =>
  createFairQueue({ atOnce: 16, atOncePerPerson: 4, waitingPerPerson: 256, waitingInAll: 1_024 }),
);

/** `seconds`: the sender gets 429 and has to wait. `done`: the request may be read; call it when it is answered. */
export type SenderTurn = { seconds: number } | { done: () => void };

const FREE: SenderTurn = { done: () => {} };

/** Decides before the body of a request is read. `network`: see `senderNetwork`; without one there is no limit. */
export function takeSenderTurn(network: string | undefined): SenderTurn | Promise<SenderTurn> {
  const sender = network === undefined ? undefined : state.senders.get(network);
  if (network === undefined || sender === undefined) return FREE;
  const ahead = sender.chargedUntil - performance.now() - MINUTE_MS;
  if (ahead <= 0) return FREE;
  if (performance.now() - sender.genuineAt < GENUINE_MS) return waitForTurn(network);
  return { seconds: Math.ceil(ahead / 1000) };
}

/** A request of this network failed verification. */
export function chargeForged(network: string | undefined): void {
  const perMinute = environment().MAX_FORGED_PER_MINUTE;
  if (network === undefined || perMinute === 0) return;
  const sender = senderOf(network);
  sender.chargedUntil = Math.max(sender.chargedUntil, performance.now()) + MINUTE_MS / perMinute;
  state.unsettled.forged.set(network, (state.unsettled.forged.get(network) ?? 0) + 1);
  settleSoon();
}

/** A request of this network was verified. Costs nothing but once an hour. */
export function noteGenuine(network: string | undefined): void {
  if (network === undefined) return;
  const now = performance.now();
  const sender = senderOf(network);
  sender.genuineAt = now;
  if (now - sender.toldAt < TELL_AGAIN_MS) return;
  sender.toldAt = now;
  state.unsettled.genuine.add(network);
  settleSoon();
}

function senderOf(network: string): Sender {
  const known = state.senders.get(network);
  if (known) return known;
  // The oldest goes: if it comes again, the database still knows it.
  if (state.senders.size >= MOST_REMEMBERED) state.senders.delete(state.senders.keys().next().value as string);
  const sender = { chargedUntil: NEVER, genuineAt: NEVER, toldAt: NEVER };
  state.senders.set(network, sender);
  return sender;
}

async function waitForTurn(network: string): Promise<SenderTurn> {
  try {
    return { done: await queue.enter(network, AbortSignal.timeout(LONGEST_WAIT_MS)) };
  } catch (error) {
    if (error instanceof QueueFull || (error as Error).name === "TimeoutError") return { seconds: 1 };
    throw error;
  }
}

function settleSoon(): void {
  if (state.settling) return;
  state.settling = true;
  setTimeout(() => void settle(), SETTLE_MS).unref();
}

/** Tells the database what this process saw, and learns what all processes saw of the same networks. */
async function settle(): Promise<void> {
  const { forged, genuine } = state.unsettled;
  state.unsettled = { forged: new Map(), genuine: new Set() };
  try {
    const known = await call("door", "record_senders", {
      p_forged: [...forged].map(([network, count]) => ({ network, count })),
      p_genuine: [...genuine],
      p_per_minute: environment().MAX_FORGED_PER_MINUTE || 1,
    });
    const now = performance.now();
    for (const { network, ahead_ms, genuine_ms_ago } of known) {
      const sender = senderOf(network);
      sender.chargedUntil = Math.max(sender.chargedUntil, now + ahead_ms);
      if (genuine_ms_ago !== null) sender.genuineAt = Math.max(sender.genuineAt, now - genuine_ms_ago);
    }
  } catch (error) {
    // The limits of this process hold without the others'.
    logError("senders_not_settled", error, { networks: forged.size + genuine.size });
  } finally {
    state.settling = false;
    if (state.unsettled.forged.size + state.unsettled.genuine.size > 0) settleSoon();
  }
}
