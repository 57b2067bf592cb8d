/** What is fixed about incidents: how soon a severity wants a response, and the order of a recovery's steps. */
import type { Database } from "@/lib/db/database.types";

export type IncidentSeverity = Database["public"]["Enums"]["incident_severity"];

export const SEVERITIES: Record<IncidentSeverity, { label: string; response_minutes: number }> = {
  P0: { label: "P0 – emergency", response_minutes: 0 },
  P1: { label: "P1 – critical", response_minutes: 15 },
  P2: { label: "P2 – high", response_minutes: 60 },
  P3: { label: "P3 – medium", response_minutes: 240 },
  P4: { label: "P4 – low", response_minutes: 1_440 },
};
