/**
 * Turns at beginning a request of the console or API. Requests run on the thread that also answers webhooks, so a burst of
 * them would delay those. Few begin at a time, callers and kinds take turns, and a request that finds too many waiting is
 * refused.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { createFairQueue, QueueFull } from "../db/fair-queue";
import type { ProblemInit } from "../errors";
import { clientAddress } from "./client-address";

/** How many begin at a time: a page takes some 20 ms of the thread. */
const AT_ONCE = 4;
const AT_ONCE_PER_CALLER = 2;
/** Behind a proxy that TRUSTED_PROXIES does not name, all callers count as one. */
const WAITING_PER_CALLER = 256;
const WAITING_IN_ALL = 1_024;
/** When the thread was idle for this long, the running requests wait for something else, and another may begin. */
const IDLE_MS = 20;
/** Also when the thread is never idle: a stream has no end. */
const LONGEST_TURN_MS = 500;
const LOOK_EVERY_MS = 10;

/** Each kind has its own turns, so that one cannot block another. The first match counts. */
const KINDS: readonly [string, RegExp][] = [
  ["health", /^\/api\/(?:webhooks\/)?health(?:[/?]|$)/],
  ["sign-in", /^\/(?:sign-in|api\/auth|api\/invitations|invitation)(?:[/?]|$)/],
  ["files", /^\/(?:_next|screenshots|favicon)/],
];

const queue = createFairQueue({
  atOnce: AT_ONCE,
  atOncePerPerson: AT_ONCE_PER_CALLER,
  waitingPerPerson: WAITING_PER_CALLER,
  waitingInAll: WAITING_IN_ALL,
});

/**
 * Resolves when a request may begin, and ends its turn by itself. Resolves to the refusal when too many wait, and to "gone"
 * when its caller went away meanwhile.
 */
export async function takeTurnToBegin(
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<ProblemInit | "gone" | undefined> {
  try {
    handBack(await queue.enter(callerOf(request), gone), response);
    return undefined;
  } catch (error) {
    if (gone.aborted) return "gone";
    if (error instanceof QueueFull) return busy(error);
    throw error;
  }
}

function callerOf(request: IncomingMessage): string {
  const kind = KINDS.find(([, paths]) => paths.test(request.url ?? "/"))?.[0] ?? "other";
  return `${kind} ${clientAddress(request.headers)}`;
}

function handBack(done: () => void, response: ServerResponse): void {
  const began = performance.now();
  const { idle } = performance.eventLoopUtilization();
  const look = setInterval(() => {
    const isIdle = performance.eventLoopUtilization().idle - idle >= IDLE_MS;
    if (isIdle || performance.now() - began >= LONGEST_TURN_MS) end();
  }, LOOK_EVERY_MS).unref();
  const end = () => {
    clearInterval(look);
    done();
  };
  response.once("close", end);
}

function busy({ of }: QueueFull): ProblemInit {
  const mine = of === "person";
  return {
    status: mine ? 429 : 503,
    title: mine ? "Too many requests from your address are waiting." : "Too many requests are waiting.",
    detail: "Try again in a second.",
    headers: { "retry-after": "1" },
  };
}
