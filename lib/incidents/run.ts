/**
 * The worker of incidents: claims those whose recovery or verification is asked for, and takes each as many steps further as
 * it can. Any number of processes may do so; leases keep them apart.
 */
import { call } from "@/lib/db/client";
import type { ClaimedIncident } from "@/lib/db/functions/incidents";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { createAlarm } from "@/lib/pipeline/alarm";
import { advance } from "./advance";
import { LeaseLost } from "./step";
import { onWakeIncidents } from "./wake";

/** Incidents that one process has at a time. */
const AT_ONCE = 4;
const POLL_MS = 1_000;
const PAUSE_AFTER_FAILURE_MS = 5_000;

export interface IncidentWorker {
  /** Ends after the incident under way. */
  stop(): Promise<void>;
}

/** Starts the loop. While the database is unavailable it waits, and then goes on. */
export function startIncidentWorker(): IncidentWorker {
  const alarm = createAlarm();
  let stopping = false;
  onWakeIncidents(alarm.ring);
  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        await alarm.sleep((await advanceIncidents()) > 0 ? 0 : POLL_MS);
      } catch (error) {
        logError("incidents_not_advanced", error);
        await alarm.sleep(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }
  const looping = loop();
  return {
    stop() {
      stopping = true;
      alarm.ring();
      return looping;
    },
  };
}

/** Takes the incidents that are due a part further. Returns how many there were. */
export async function advanceIncidents(): Promise<number> {
  const { LEASE_SECONDS } = environment();
  const claimed = await call("pipeline", "claim_incidents", { p_limit: AT_ONCE, p_lease_seconds: LEASE_SECONDS });
  await Promise.all(claimed.map((incident) => work(incident, LEASE_SECONDS)));
  return claimed.length;
}

/** Never throws: what fails is tried again after a pause. */
async function work(incident: ClaimedIncident, leaseSeconds: number): Promise<void> {
  const which = { p_id: incident.id, p_fence: incident.fence };
  const heartbeat = setInterval(
    () =>
      void call("pipeline", "renew_incident", { ...which, p_lease_seconds: leaseSeconds }).catch((error: unknown) =>
        logError("incident_not_renewed", error, { incident: incident.id }),
      ),
    (leaseSeconds * 1000) / 3,
  );
  let dueMs = PAUSE_AFTER_FAILURE_MS;
  try {
    dueMs = await advance(incident);
  } catch (error) {
    if (error instanceof LeaseLost) log("incident", { incident: incident.id, decision: "lease_lost" });
    else logError("incident_not_advanced", error, { incident: incident.id });
  } finally {
    clearInterval(heartbeat);
    await call("pipeline", "release_incident", { ...which, p_due_ms: dueMs }).catch((error: unknown) =>
      logError("incident_not_released", error, { incident: incident.id }),
    );
  }
}
