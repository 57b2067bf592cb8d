/** What runbook 001 asks of the KPIs, and their types without schemas, which the browser need not load. */
export type { KpiFigures, Kpis } from "./api/kpis";

export const KPI_TARGETS = {
  delivery_success: 99,
  replay_success: 95,
  mean_time_to_replay_seconds: 3_600,
} as const;
