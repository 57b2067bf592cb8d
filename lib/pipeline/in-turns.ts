/** Long work on the thread, in steps: between two steps everything else that waits for the thread goes on. */
import { processSingleton } from "@/lib/process-singleton";

/** Work that yields after each step of at most some milliseconds. */
export type Steps<Result> = Generator<void, Result>;

/** Steps run together up to this time. */
const TURN_MS = 5;

/** Runs all steps at once, for short work. */
export function runNow<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * Runs the steps in turns of the event loop. One work after the other, in the order of the calls, so that only one large
 * value is being made at a time.
 */
export function runInTurns<Result>(work: () => Steps<Result>): Promise<Result> {
  const result = state.last.then(() => inTurns(work()));
  state.last = result.then(
    () => {},
    () => {},
  );
  return result;
}

/** For long work that is one step: what was begun before ends first, and the thread is free in between. */
export function takeTurn(): Promise<void> {
  return runInTurns(function* () {});
}

const state = processSingleton("large-bodies", () => ({ last: Promise.resolve() as Promise<void> }));

async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const until = performance.now() + TURN_MS;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
  }
}
