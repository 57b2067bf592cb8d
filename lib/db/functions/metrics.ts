/** What read_metrics answers: sums since the beginning, and what waits now. */
import type { KpiFigures } from "@/lib/contract/api/kpis";
import type { IncidentSeverity } from "@/lib/contract/incidents";

/** What read_kpis answers. */
export interface ReadKpis {
  totals: KpiFigures;
  days: (KpiFigures & { day: string })[];
  organisations: (KpiFigures & { organisation_id: string })[];
}

/** What read_signs_of_life answers. */
export interface SignsOfLife {
  workers: { name: string; version: string | null; at: string; seconds_ago: number }[];
  last_event_at: Record<string, string | null>;
}

/** A histogram: a count per bucket of its bounds, and one for what was longer. Empty when nothing was measured. */
export interface StoredDurations {
  duration_ms: number;
  latency: number[];
}

export interface StoredMetrics {
  requests: { provider: string; outcome: string; count: number }[];
  events: { provider: string; outcome: "processed" | "failed"; count: number }[];
  applied: StoredDurations & { bounds: number[] };
  /** error_class is empty for what was delivered. */
  attempts: { kind: string; outcome: string; error_class: string; count: number }[];
  attempt_bounds: number[];
  attempt_durations: (StoredDurations & { kind: string })[];
  replay_items: Partial<Record<"succeeded" | "failed" | "skipped", number>>;
  notifications: { channel: string; outcome: string; count: number }[];
  waiting: { count: number; blocked: number; held: number; oldest_due_seconds: number | null };
  dead_letters: number;
  replays_running: number;
  providers: {
    provider: string;
    last_event_at: string | null;
    last_complete_at: string | null;
    missing: number;
    oldest_missing_at: string | null;
  }[];
  alerts_firing: Partial<Record<IncidentSeverity, number>>;
}
