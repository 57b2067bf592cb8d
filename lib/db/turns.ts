/**
 * Turns of slow reads. Within this process people take turns fairly. Over all processes that share the database,
 * run_expensive (supabase/schemas/900_turns.sql) limits how many each person has.
 */
import { setTimeout as wait } from "node:timers/promises";
import { environment } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { requestScope } from "@/lib/request-scope";
import { DatabaseBusy, DatabaseTooSlow, DatabaseUnavailable } from "./client";
import { createFairQueue, type FairQueue, QueueFull } from "./fair-queue";
import { DEADLINE_MS, shareOut } from "./lanes";

/** As long as one statement may run, so that a caller who has to let one other pass still gets a turn. */
const LONGEST_WAIT_MS = DEADLINE_MS.search;
/** Less than the ten seconds that browsers wait. */
const ANSWER_WITHIN_MS = 9_500;
/** How often to ask whether another process has finished the same person's read. */
const ASK_AGAIN_MS = 150;
/** A turn that has this much less time than it asked for was cut short. */
const SHORTENED_MS = 500;
const AT_ONCE_PER_PERSON = 2;
const WAITING_PER_PERSON = 8;
const WAITING_IN_ALL = 64;

/** What `run_expensive` answers. */
export type Turn<Result> = { result: Result } | { busy: true };

/**
 * Waits for a turn and runs. A caller who goes away leaves the queue, and their statement is cancelled unless it writes.
 * Throws `DatabaseBusy` when there are too many, or when the wait is too long.
 */
export async function takeTurn<Result>(
  writes: boolean,
  deadlineMs: number = DEADLINE_MS.search,
  run: (who: string, deadlineMs: number, gone?: AbortSignal) => Promise<Turn<Result>>,
): Promise<Result> {
  const { who = "unknown", signal } = requestScope();
  const gone = writes ? undefined : signal;
  const startedAt = Date.now();
  const tooLong = AbortSignal.timeout(LONGEST_WAIT_MS);
  while (!tooLong.aborted) {
    const leave = await enter(who, gone, tooLong);
    const ms = Math.min(deadlineMs, startedAt + ANSWER_WITHIN_MS - Date.now());
    try {
      const turn = await run(who, ms, gone);
      if ("result" in turn) return turn.result;
    } catch (error) {
      // It ran out of time because others came first: the next time it may have more.
      if (error instanceof DatabaseTooSlow && ms < deadlineMs - SHORTENED_MS) throw new DatabaseBusy("all");
      throw error;
    } finally {
      leave();
    }
    await wait(ASK_AGAIN_MS);
  }
  throw new DatabaseBusy("person");
}

async function enter(who: string, gone: AbortSignal | undefined, tooLong: AbortSignal): Promise<() => void> {
  try {
    return await queue().enter(who, gone ? AbortSignal.any([gone, tooLong]) : tooLong);
  } catch (error) {
    if (error instanceof QueueFull) throw new DatabaseBusy(error.of);
    if (gone?.aborted) throw new DatabaseUnavailable("The caller has disconnected.");
    throw new DatabaseBusy(queue().running(who) > 0 ? "person" : "all");
  }
}

function queue(): FairQueue {
  return processSingleton("turns", () => {
    const search = shareOut(environment().DATABASE_POOL_SIZE).find(({ lanes }) => lanes.includes("search"));
    const atOnce = search?.connections ?? 1;
    return createFairQueue({
      atOnce,
      // One is kept for other people, when there is more than one.
      atOncePerPerson: Math.min(AT_ONCE_PER_PERSON, Math.max(1, atOnce - 1)),
      waitingPerPerson: WAITING_PER_PERSON,
      waitingInAll: WAITING_IN_ALL,
    });
  });
}
