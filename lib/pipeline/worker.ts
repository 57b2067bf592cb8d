/**
 * The worker loop: claim → deliver → record, as many at a time as there are free slots. Any number of loops may run
 * against one database; leases and fences keep them apart.
 */
import { randomUUID } from "node:crypto";
import os from "node:os";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { claim, type Work } from "./claim";
import { deliver } from "./deliver";
import { record } from "./record";
import { onWorkerBell } from "./worker-bell";

/** Without a bell: how soon work that another process stored, or that is due again, is found. */
const POLL_MS = 250;
/** Shortest wait when work is due and was not to be had: its destination's rate, or another worker was there first. */
const PAUSE_WHEN_BLOCKED_MS = 25;
const PAUSE_AFTER_FAILURE_MS = 1_000;
const TEND_MS = 250;
/**
 * While live deliveries flow, replays are claimed in bursts this far apart. A burst keeps a small machine busy for some
 * 40 ms; without the gaps live deliveries would stand in line with all the others. Without live traffic there is no gap.
 */
const REPLAY_GAP_MS = 150;
const LIVE_FLOWS_FOR_MS = 1_000;
/** In-flight deliveries get this long to end when the process stops. */
const DRAIN_MS = 20_000;

export interface Worker {
  /** Stops claiming, lets in-flight deliveries end, and gives back the leases of those that do not. */
  stop(): Promise<void>;
}

/** Starts the loop. It survives the database's absence: it waits and goes on. */
export function startWorker(): Worker {
  const { WORKER_CONCURRENCY, LEASE_SECONDS } = environment();
  const name = `${os.hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const inFlight = new Set<Promise<void>>();
  const alarm = createAlarm();
  let stopping = false;
  /** Destinations whose due work the last claim could not get: the end of a delivery to one of them may change that. */
  let waiting = new Set<number>();
  /** Destinations of deliveries that ended since the last claim began. */
  let ended = new Set<number>();
  const replays = createReplayLane(WORKER_CONCURRENCY);
  let tending: Promise<void> | undefined;
  let tendedAt = 0;
  onWorkerBell(alarm.ring);

  async function loop(): Promise<void> {
    log("worker_started", { worker: name, concurrency: WORKER_CONCURRENCY });
    while (!stopping) {
      try {
        tend();
        await alarm.sleep(await claimAndRun());
      } catch (error) {
        logError("claim_failed", error, { worker: name });
        await alarm.sleep(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }

  /** Starts what can be started; answers how long to wait before the next claim, in milliseconds. */
  async function claimAndRun(): Promise<number> {
    const free = WORKER_CONCURRENCY - inFlight.size;
    if (free <= 0) return POLL_MS;
    const { slots, gapMs } = replays.next();
    ended = new Set();
    const { work, next_due_ms, ...claimed } = await claim(name, free, LEASE_SECONDS, slots, WORKER_CONCURRENCY);
    waiting = new Set(work.length > 0 ? [] : claimed.waiting);
    replays.claimed(work);
    for (const item of work) start(item);
    const longest = Math.min(POLL_MS, gapMs || POLL_MS);
    if (work.length > 0) return inFlight.size < WORKER_CONCURRENCY ? 0 : longest;
    if (claimed.waiting.some((destination) => ended.has(destination))) return 0;
    return Math.min(longest, Math.max(PAUSE_WHEN_BLOCKED_MS, next_due_ms ?? longest));
  }

  function start(work: Work): void {
    const giveUpAt = Date.now() + LEASE_SECONDS * 1000;
    const done = deliver(work)
      .then((outcome) => record(work, outcome, giveUpAt))
      .finally(() => {
        inFlight.delete(done);
        replays.ended(work);
        ended.add(work.destination.id);
        // Free slots are a reason to look again; many at a time, so that a claim is worth its round trip.
        const madeRoom = waiting.has(work.destination.id) || (waiting.size > 0 && work.replay_id !== null);
        if (madeRoom || inFlight.size === Math.floor(WORKER_CONCURRENCY / 2)) alarm.ring();
      });
    inFlight.add(done);
  }

  /** Beside the claims, so that none waits for it. */
  function tend(): void {
    if (tending || Date.now() - tendedAt < TEND_MS) return;
    tendedAt = Date.now();
    tending = feed()
      .then(
        (fed) => {
          if (fed > 0) alarm.ring();
        },
        (error: unknown) => logError("not_tended", error, { worker: name }),
      )
      .finally(() => {
        tending = undefined;
      });
  }

  const looping = loop();
  return {
    async stop() {
      stopping = true;
      alarm.ring();
      await Promise.all([looping, tending]);
      await Promise.race([Promise.all(inFlight), new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]);
      await call<number>("pipeline", "release_leases", { p_worker: name }).then(
        (released) => log("worker_stopped", { worker: name, released }),
        // Its leases end by themselves, only later.
        (error: unknown) => logError("leases_not_released", error, { worker: name }),
      );
    },
  };
}

/** Runs one bounded round, for serverless: claims once, delivers, records. Answers how many deliveries it tried. */
export async function runOneTick(): Promise<number> {
  const { WORKER_CONCURRENCY, LEASE_SECONDS } = environment();
  await feed();
  const { work } = await claim(`tick:${randomUUID().slice(0, 8)}`, WORKER_CONCURRENCY, LEASE_SECONDS);
  const giveUpAt = Date.now() + LEASE_SECONDS * 1000;
  await Promise.all(work.map(async (item) => record(item, await deliver(item), giveUpAt)));
  return work.length;
}

/** Holds and releases the deliveries of destinations, and hands on those of replays. Answers how many may be claimed now. */
async function feed(): Promise<number> {
  const { DISABLE_AFTER_DAYS } = environment();
  const released = await call<number>("pipeline", "attend_destinations", { p_disable_after_days: DISABLE_AFTER_DAYS });
  return released + (await call<number>("pipeline", "advance_replays", {} as never));
}

/** How many replays may be claimed, and when: at most half of the slots, and politely while live deliveries flow. */
function createReplayLane(concurrency: number) {
  const most = Math.ceil(concurrency / 2);
  let inFlight = 0;
  let liveAt = 0;
  let claimedAt = 0;
  return {
    /** Slots for the next claim; without any, how many milliseconds until there may be some. */
    next(): { slots: number; gapMs: number } {
      const now = Date.now();
      const gapMs = now - liveAt < LIVE_FLOWS_FOR_MS ? Math.max(0, claimedAt + REPLAY_GAP_MS - now) : 0;
      return { slots: gapMs > 0 ? 0 : Math.max(0, most - inFlight), gapMs };
    },
    claimed(work: Work[]): void {
      const replays = work.filter((item) => item.replay_id !== null).length;
      inFlight += replays;
      if (replays > 0) claimedAt = Date.now();
      if (replays < work.length) liveAt = Date.now();
    },
    ended(work: Work): void {
      if (work.replay_id !== null) inFlight -= 1;
    },
  };
}

/** A sleep that can be cut short. A ring while nobody sleeps shortens the next sleep. */
function createAlarm() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async sleep(milliseconds: number): Promise<void> {
      if (!rung && milliseconds > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = undefined;
      rung = false;
    },
  };
}
