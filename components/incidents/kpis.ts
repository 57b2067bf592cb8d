/** The figures that a recovery is judged by: how much was delivered, how well the replays went, how long it took. */
import type { Incident } from "@/lib/contract/incident-words";
import { duration, percent } from "../format";

/** The targets of the emergency procedure. */
const DELIVERY_PERCENT = 99;
const REPLAY_PERCENT = 95;
const RECOVERY_MS = 3_600_000;

export interface Kpi {
  name: string;
  value: string;
  target: string;
  /** Null while it is not known. */
  met: boolean | null;
}

export function kpisOf(incident: Incident, now: number): Kpi[] {
  const { counts, stages } = incident;
  const delivered = shareOf(counts.verified, counts.total);
  const [succeeded, failed] = [sum(stages, "succeeded"), sum(stages, "failed")];
  const replayed = shareOf(succeeded, succeeded + failed);
  const end = incident.closed_at ? Date.parse(incident.closed_at) : now;
  const took = end - Date.parse(incident.opened_at);
  return [
    {
      name: "Delivered and verified",
      value: percent(delivered),
      target: `over ${DELIVERY_PERCENT} %`,
      met: delivered === null ? null : delivered > DELIVERY_PERCENT,
    },
    {
      name: "Replays that succeeded",
      value: percent(replayed),
      target: `over ${REPLAY_PERCENT} %`,
      met: replayed === null ? null : replayed > REPLAY_PERCENT,
    },
    {
      name: incident.closed_at ? "Time to recovery" : "Open for",
      value: duration(took),
      target: `under ${duration(RECOVERY_MS)}`,
      met: took < RECOVERY_MS,
    },
  ];
}

/** In percent; null of nothing. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}

function sum(stages: Incident["stages"], name: "succeeded" | "failed"): number {
  return stages.reduce((total, stage) => total + stage[name], 0);
}
