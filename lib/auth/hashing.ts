/**
 * The queue for hashing passwords. One hash takes 64 MiB and a core for some 150 ms. So a process hashes one at a time, on a
 * thread of lower priority that leaves the cores to webhooks. The queue before it is bounded, fair between callers, and
 * bounded per caller. A caller who finds it full is refused at once.
 */
import { createFairQueue, type FairQueue, QueueFull } from "@/lib/db/fair-queue";
import { processSingleton } from "@/lib/process-singleton";
import { Refusal } from "@/lib/refusals";
import { type Derivation, deriveApart } from "./hashing-thread";

const WAITING = 32;
const WAITING_PER_CALLER = 8;
const RETRY_SECONDS = 2;
/** A caller who waits longer than this has given up. */
const PATIENCE_MS = 20_000;

const queue = processSingleton<FairQueue>("hashing", () =>
  createFairQueue({
    atOnce: 1,
    atOncePerPerson: 1,
    waitingPerPerson: WAITING_PER_CALLER,
    waitingInAll: WAITING,
  }),
);

/**
 * Derives a key when it is this caller's turn. Throws the refusal `too_many_sign_ins` when the queue is full, or this
 * caller's share of it.
 */
export async function deriveInTurn(caller: string, derivation: Derivation): Promise<Buffer> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const done = await queue.enter(caller, patience).catch((error) => {
    // Nothing was evaluated, so the caller may send the same request again.
    const isFull = error instanceof QueueFull || patience.aborted;
    throw isFull ? new Refusal("too_many_sign_ins", { seconds: RETRY_SECONDS }) : error;
  });
  return deriveApart(derivation).finally(done);
}
