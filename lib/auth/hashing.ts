/**
 * Turns at hashing passwords. One hash takes 64 MiB and a core for some 150 ms: so two at a time in a process, a bounded
 * queue behind them, and a bounded share of it per caller. Whoever finds it full is told so at once.
 */
import { processSingleton } from "@/lib/process-singleton";
import { Refusal } from "@/lib/refusals";

const AT_ONCE = 2;
const WAITING = 32;
/** Running and waiting. */
const PER_CALLER = 8;
const RETRY_SECONDS = 2;

interface Turns {
  running: number;
  waiting: (() => void)[];
  callers: Map<string, number>;
}

const turns = processSingleton<Turns>("hashing", () => ({ running: 0, waiting: [], callers: new Map() }));

/** Runs `work` when its turn comes. Throws the refusal `too_many_sign_ins` when too many wait, or too many of this caller. */
export async function takeTurn<Result>(caller: string, work: () => Promise<Result>): Promise<Result> {
  const pending = turns.callers.get(caller) ?? 0;
  if (turns.waiting.length >= WAITING || pending >= PER_CALLER) {
    // Nothing was evaluated: the same request may be sent again.
    throw new Refusal("too_many_sign_ins", { seconds: RETRY_SECONDS });
  }
  turns.callers.set(caller, pending + 1);
  try {
    await begin();
    return await work().finally(end);
  } finally {
    const left = (turns.callers.get(caller) ?? 1) - 1;
    if (left > 0) turns.callers.set(caller, left);
    else turns.callers.delete(caller);
  }
}

async function begin(): Promise<void> {
  // Whoever waited was handed the turn of the one that ended, so the count stays as it is.
  if (turns.running >= AT_ONCE) return new Promise((resolve) => turns.waiting.push(resolve));
  turns.running += 1;
}

function end(): void {
  const next = turns.waiting.shift();
  if (next) next();
  else turns.running -= 1;
}
