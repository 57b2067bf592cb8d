/**
 * The worker: claim → deliver → record, in two lanes, one for rows and one for endpoints, so that rows never wait for an
 * endpoint. Any number of workers may share one database; leases and fences keep them apart.
 */
import { randomUUID } from "node:crypto";
import os from "node:os";
import { startAlertWorker } from "@/lib/alerts/run";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { advanceIncidents, startIncidentWorker } from "@/lib/incidents/run";
import { log, logError } from "@/lib/log";
import { sendNotifications, startNotifier } from "@/lib/notifications/run";
import { processSingleton } from "@/lib/process-singleton";
import { startReconciler, tendRuns } from "@/lib/reconciliation/run";
import { startRetention } from "@/lib/retention/run";
import { tracing } from "@/lib/tracing/tracing";
import { createAlarm } from "./alarm";
import { claim, type Work } from "./claim";
import { deliver } from "./deliver";
import { record } from "./record";
import { createReplayLane, type ReplayFlow } from "./replay-lane";
import { createSlots } from "./slots";
import { onWakeWorker } from "./wake-worker";

/**
 * Deliveries to rows that a process has at a time. They wait for nobody, and a claim of a hundred costs each of them a
 * quarter of what a claim of eight does.
 */
const ROWS_AT_ONCE = 256;
/** Of these a lane's replays have half: more at a time, and live deliveries would wait behind each burst of them. */
const REPLAY_CONCURRENCY = 32;
/** How soon work is found without a wake-up: work that another process stored, or that is due again. */
const POLL_MS = 250;
/**
 * Shortest wait when work is due but could not be claimed: its destination's rate is used up, or another worker was faster.
 */
const PAUSE_WHEN_BLOCKED_MS = 25;
const PAUSE_AFTER_FAILURE_MS = 1_000;
const TEND_MS = 250;
/** In-flight deliveries get this long to end when the process stops. */
const DRAIN_MS = 20_000;
/** A cron tick ends early after this long without work. A replay at one delivery a second gets work more often than that. */
const QUIET_MS = 2_000;

type Kind = Work["destination"]["kind"];

export interface Worker {
  /** Stops claiming, lets in-flight deliveries end, and releases the leases of those that do not. */
  stop(): Promise<void>;
}

/** Starts the loops. While the database is unavailable they wait, and then go on. */
export function startWorker(): Worker {
  const { WORKER_CONCURRENCY } = environment();
  const name = `${os.hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const flow: ReplayFlow = { liveAt: 0 };
  const lanes = { tables: startLane("tables", name, flow), http: startLane("http", name, flow) };
  const ring = (kinds: readonly Kind[] = ["tables", "http"]) => {
    for (const kind of kinds) lanes[kind].ring();
  };
  const stopTending = startTending(name, ring);
  const reconciler = startReconciler(name);
  const incidents = startIncidentWorker();
  const alerts = startAlertWorker(name);
  const notifier = startNotifier();
  const retention = startRetention(name);
  onWakeWorker(ring);
  log("worker_started", { worker: name, concurrency: WORKER_CONCURRENCY });
  return {
    async stop() {
      await Promise.all([
        ...[lanes.tables.stop(), lanes.http.stop()],
        ...[stopTending(), reconciler.stop(), incidents.stop(), alerts.stop(), notifier.stop(), retention.stop()],
      ]);
      const released = await releaseLeases(name);
      if (released !== undefined) log("worker_stopped", { worker: name, released });
    },
  };
}

/**
 * Releases the leases of deliveries that did not end in time. Without the database the leases expire by themselves, only
 * later.
 */
function releaseLeases(name: string): Promise<number | undefined> {
  return call("pipeline", "release_leases", { p_worker: name }).catch((error: unknown) => {
    logError("leases_not_released", error, { worker: name });
    return undefined;
  });
}

/** One loop for the deliveries of one kind. */
function startLane(kind: Kind, name: string, flow: ReplayFlow) {
  const { WORKER_CONCURRENCY, LEASE_SECONDS } = environment();
  const most = kind === "tables" ? Math.max(ROWS_AT_ONCE, WORKER_CONCURRENCY) : WORKER_CONCURRENCY;
  const slots = createSlots(most, kind);
  const replays = createReplayLane(Math.min(REPLAY_CONCURRENCY, WORKER_CONCURRENCY), flow);
  const running = new Set<Promise<void>>();
  const alarm = createAlarm();
  let stopping = false;
  /** Destinations whose due work the last claim could not take: the end of a delivery to one of them may change that. */
  let waiting = new Set<number>();
  /** Destinations of deliveries that ended since the last claim began. */
  let ended = new Set<number>();
  let tried = 0;
  /** When it last had work, and when it expects the next: null while nothing waits. */
  let busyAt = Date.now();
  let nextAt: number | null = null;

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        await alarm.sleep(await claimAndRun());
      } catch (error) {
        logError("claim_failed", error, { worker: name, kind });
        await alarm.sleep(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }

  /** Starts as many deliveries as possible. Returns how long to wait before the next claim, in milliseconds. */
  async function claimAndRun(): Promise<number> {
    const { proven, shares, bytes } = slots.free();
    if (proven + shares.unproven + shares.slow <= 0) return POLL_MS;
    const { slots: replayLimit, gapMs } = replays.next();
    ended = new Set();
    const claimedFrom = performance.now();
    const { work, next_due_ms, ...claimed } = await claim(name, proven, LEASE_SECONDS, {
      replayLimit,
      slots: most,
      kind,
      shares,
      bytes,
    });
    waiting = new Set(claimed.waiting);
    replays.claimed(work);
    nextAt = next_due_ms === null ? null : Date.now() + next_due_ms;
    for (const item of work) start(item, claimedFrom);
    const longest = Math.min(POLL_MS, gapMs || POLL_MS);
    if (work.length > 0 && slots.taken() >= most) return longest;
    if (claimed.waiting.some((destination) => ended.has(destination))) return 0;
    // The remaining work may be too large for now. That changes when a delivery ends, not with time.
    if (bytes === 0) return longest;
    const pause = work.length > 0 ? 0 : PAUSE_WHEN_BLOCKED_MS;
    return Math.min(longest, Math.max(pause, next_due_ms ?? longest));
  }

  function start(work: Work, claimedFrom: number): void {
    tried += 1;
    const giveUpAt = Date.now() + LEASE_SECONDS * 1000;
    let wasLate = false;
    const release = slots.take(work, () => {
      wasLate = true;
      replays.ended(work);
      if (waiting.size > 0 || slots.taken() === most - 1) alarm.ring();
    });
    const span = tracing()?.delivery(work, claimedFrom);
    const done = deliver(work, span?.headers)
      .then(async (outcome) => {
        const recorded = await record(work, outcome, giveUpAt, span?.traceId);
        span?.end(outcome, recorded);
      })
      .finally(() => {
        release();
        running.delete(done);
        busyAt = Date.now();
        if (!wasLate) replays.ended(work);
        ended.add(work.destination.id);
        // Freed slots are a reason to claim again, but only when many are free, so that a claim is worth its round trip.
        const isOfShare = work.replay_id !== null || work.pace !== "proven" || wasLate;
        const madeRoom = waiting.has(work.destination.id) || (waiting.size > 0 && isOfShare);
        if (madeRoom || slots.taken() === Math.floor(most / 2)) alarm.ring();
      });
    running.add(done);
  }

  const looping = loop();
  return {
    ring: alarm.ring,
    tried: () => tried,
    /** Whether it has had nothing to do for a while, and expects no work before `endAt`. */
    isQuiet: (endAt: number) =>
      running.size === 0 && Date.now() - busyAt >= QUIET_MS && (nextAt === null || nextAt >= endAt),
    async stop() {
      stopping = true;
      alarm.ring();
      await looping;
      await Promise.race([Promise.all(running), new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]);
    },
  };
}

/** Runs independently of the claims, so that none waits for it. Returns how to stop it, after the round under way. */
function startTending(name: string, ring: () => void): () => Promise<void> {
  const alarm = createAlarm();
  let stopping = false;
  async function tend(): Promise<void> {
    while (!stopping) {
      try {
        if ((await feed()) > 0) ring();
        await alarm.sleep(TEND_MS);
      } catch (error) {
        logError("not_tended", error, { worker: name });
        await alarm.sleep(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }
  const tending = tend();
  return () => {
    stopping = true;
    alarm.ring();
    return tending;
  };
}

const ticking = processSingleton("tick", () => ({ count: 0 }));

/**
 * The worker for `limitMs`, for serverless hosts: claims until its time is up, or until nothing has been due for a while and
 * no work is expected before that. Deliveries under way then still end. Returns how many deliveries it tried; null when this
 * process already runs a cron tick, which does the same work.
 */
export async function runTick(limitMs = environment().TICK_SECONDS * 1000): Promise<number | null> {
  if (ticking.count > 0) return null;
  ticking.count += 1;
  const endAt = Date.now() + limitMs;
  const name = `tick:${randomUUID().slice(0, 8)}`;
  try {
    // First, so that released deliveries and those of replays are there for the first claim.
    await feed();
    const flow: ReplayFlow = { liveAt: 0 };
    const lanes = [startLane("tables", name, flow), startLane("http", name, flow)];
    const stopTending = startTending(name, () => {
      for (const lane of lanes) lane.ring();
    });
    const reconciler = startReconciler(name);
    const incidents = startIncidentWorker();
    const alerts = startAlertWorker(name);
    const notifier = startNotifier();
    const retention = startRetention(name);
    while (Date.now() < endAt && !(lanes.every((lane) => lane.isQuiet(endAt)) && reconciler.isQuiet())) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(POLL_MS, Math.max(0, endAt - Date.now()))));
    }
    await Promise.all([
      ...lanes.map((lane) => lane.stop()),
      ...[stopTending(), reconciler.stop(), incidents.stop(), alerts.stop(), notifier.stop(), retention.stop()],
    ]);
    // What it read may have ended a run, and what it delivered a stage.
    await tendRuns();
    await advanceIncidents();
    // What it evaluated may be told now.
    await sendNotifications();
    await releaseLeases(name);
    return lanes.reduce((sum, lane) => sum + lane.tried(), 0);
  } finally {
    ticking.count -= 1;
  }
}

/** Holds and releases the deliveries of destinations, and feeds those of replays. Returns how many may be claimed now. */
async function feed(): Promise<number> {
  const { DISABLE_AFTER_DAYS } = environment();
  const released = await call("pipeline", "maintain_destinations", { p_disable_after_days: DISABLE_AFTER_DAYS });
  return released + (await call("pipeline", "advance_replays", {}));
}
