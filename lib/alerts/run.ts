/**
 * The worker of alerts: evaluates what is due, says that it is alive, and tells an outside monitor that alerting works. Any
 * number of processes may do so: one at a time evaluates.
 */
import { call } from "@/lib/db/client";
import { readDiskFree } from "@/lib/db/disk";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { POLICIES } from "@/lib/outbound/policies";
import { sendRequest } from "@/lib/outbound/request";
import { createAlarm } from "@/lib/pipeline/alarm";
import { processSingleton } from "@/lib/process-singleton";
import { providers } from "@/lib/providers";
import { findProviderWithApi } from "@/lib/reconciliation/session";
import { tendSilence } from "./silence";

/** Series that one transaction evaluates: some 2 ms each. */
const AT_ONCE = 500;
/** Series are due at whole minutes. Shorter, so that one of several processes is soon there after another stopped. */
const POLL_MS = 5_000;
const HEARTBEAT_MS = 15_000;
const MONITOR_MS = 60_000;

export interface AlertWorker {
  /** Ends after the evaluation under way, and takes the heartbeat of the worker back. */
  stop(): Promise<void>;
}

/** Starts the loop, which evaluates at least once. While the database is unavailable it waits, and then goes on. */
export function startAlertWorker(worker: string): AlertWorker {
  const alarm = createAlarm();
  let stopping = false;
  const beat = () =>
    noteHeartbeat(worker).catch((error: unknown) => logError("heartbeat_not_written", error, { worker }));
  const beating = setInterval(() => void beat(), HEARTBEAT_MS);
  async function loop(): Promise<void> {
    do {
      // First, so that no evaluation finds its own worker gone, such as the first one after the machine slept.
      await beat();
      try {
        const evaluated = await evaluateAlerts();
        await alarm.sleep(evaluated === AT_ONCE ? 0 : POLL_MS);
      } catch (error) {
        logError("alerts_not_evaluated", error, { worker });
        await alarm.sleep(POLL_MS);
      }
    } while (!stopping);
  }
  const looping = loop();
  return {
    async stop() {
      stopping = true;
      clearInterval(beating);
      alarm.ring();
      await looping;
      await call("pipeline", "end_heartbeat", { p_name: worker }).catch((error: unknown) =>
        logError("heartbeat_not_ended", error, { worker }),
      );
    },
  };
}

/** With the free space of the database's disk, where it is ours: the rule disk_low reads it. */
async function noteHeartbeat(worker: string): Promise<void> {
  const free = await readDiskFree();
  await call("pipeline", "note_heartbeat", {
    p_name: worker,
    p_kind: "worker",
    p_version: null,
    p_details: free === null ? {} : { disk_free_mib: Math.floor(free / 2 ** 20) },
  });
}

/** Evaluates what is due, and tells the outside monitor. Returns how many series that were; 0 when another process does. */
export async function evaluateAlerts(): Promise<number> {
  await tendSilence();
  const done = await call("pipeline", "evaluate_alerts", { p_limit: AT_ONCE, p_horizons: horizons() });
  if (!done) return 0;
  if (done.fired > 0 || done.resolved > 0) log("alerts", done);
  await tellMonitor();
  return done.evaluated;
}

/** How many days back the APIs of providers list. */
function horizons(): Record<string, number> {
  const known = Object.keys(providers).map((slug) => [slug, findProviderWithApi(slug)?.api.horizonDays] as const);
  return Object.fromEntries(known.filter((one): one is readonly [string, number] => one[1] !== undefined));
}

const monitor = processSingleton("outside-monitor", () => ({ toldAt: 0 }));

/** At most once a minute, after a successful evaluation: when it stays away, the monitor tells that alerting is dead. */
async function tellMonitor(): Promise<void> {
  const { HEARTBEAT_URL } = environment();
  if (!HEARTBEAT_URL || Date.now() - monitor.toldAt < MONITOR_MS) return;
  monitor.toldAt = Date.now();
  const { failure } = await sendRequest(POLICIES.monitor, {
    ...{ method: "GET", url: HEARTBEAT_URL, headers: {}, body: Buffer.alloc(0) },
    secrets: [HEARTBEAT_URL],
  });
  if (failure) log("outside_monitor", { decision: "not_told", error_class: failure.class });
}
