/**
 * Turns at hashing passwords. One hash takes 64 MiB and a core for some 150 ms: so one at a time in a process, on a thread of
 * lower priority that leaves the cores to webhooks, a bounded queue before it in which callers take turns, and a bounded
 * share of it per caller. Whoever finds it full is told so at once.
 */
import { createFairQueue, type FairQueue, QueueFull } from "@/lib/db/fair-queue";
import { Problem } from "@/lib/errors";
import { processSingleton } from "@/lib/process-singleton";
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

/** Derives a key when this caller's turn comes. Throws `HashingBusy` when too many wait, or too many of this caller. */
export async function deriveInTurn(caller: string, derivation: Derivation): Promise<Buffer> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const done = await queue.enter(caller, patience).catch((error) => {
    throw error instanceof QueueFull || patience.aborted ? new HashingBusy() : error;
  });
  return deriveApart(derivation).finally(done);
}

/** Nothing was evaluated: the same request may be sent again. */
export class HashingBusy extends Problem {
  readonly seconds = RETRY_SECONDS;
  constructor() {
    super({
      status: 429,
      title: "Too many sign-ins are in progress.",
      detail: `Try again in ${RETRY_SECONDS} seconds.`,
      headers: { "retry-after": String(RETRY_SECONDS) },
    });
  }
}
