/**
 * Turns at hashing passwords. One hash takes 64 MiB and a core for some 150 ms: so one at a time in a process, on a thread of
 * lower priority that leaves the cores to webhooks, a bounded queue before it in which callers take turns, and a bounded
 * share of it per caller. Whoever finds it full is told so at once.
 */
import { createFairQueue, type FairQueue, QueueFull } from "@/lib/db/fair-queue";
import { processSingleton } from "@/lib/process-singleton";
import { Refusal } from "@/lib/refusals";
import { type Derivation, deriveApart } from "./hashing-thread";

const WAITING = 32;
const WAITING_PER_CALLER = 8;
const RETRY_SECONDS = 2;
/** Whoever waits longer than this has given up. */
const PATIENCE_MS = 20_000;

const queue = processSingleton<FairQueue>("hashing", () =>
  createFairQueue({
    atOnce: 1,
    atOncePerPerson: 1,
    waitingPerPerson: WAITING_PER_CALLER,
    waitingInAll: WAITING,
  }),
);

/** Derives a key when this caller's turn comes. Throws the refusal `too_many_sign_ins` when too many wait, or too many of this caller. */
export async function deriveInTurn(caller: string, derivation: Derivation): Promise<Buffer> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const done = await queue.enter(caller, patience).catch((error) => {
    // Nothing was evaluated: the same request may be sent again.
    const isFull = error instanceof QueueFull || patience.aborted;
    throw isFull ? new Refusal("too_many_sign_ins", { seconds: RETRY_SECONDS }) : error;
  });
  return deriveApart(derivation).finally(done);
}
