/**
 * Whether Redrive works. The public answer has the status; the deep one, for signed-in users, the reasons and what to do.
 */
import { CHECKS, type DeepHealth, type HealthCheck, type Readiness } from "@/lib/contract/health";
import { isDraining } from "@/lib/draining";
import { secretsFrom } from "@/lib/env";
import { logState } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { senders } from "@/lib/providers";
import { lanes, migrations, quickChecks, retention, secrets } from "./health-checks";
import {
  type Facts,
  gatherFacts,
  missingMigrations,
  readRetentionHealth,
  readSignsOfLife,
  silentLanes,
} from "./health-facts";

/** The database is checked at most once a second, for all callers together. */
const KEPT_MS = 1_000;
/** A database that takes longer would make every request wait. */
const READY_WITHIN_MS = 500;

export interface Health {
  /**
   * `unhealthy`: the database does not answer. `degraded`: webhooks are rejected, or due work waits for more than a minute.
   */
  status: "healthy" | "degraded" | "unhealthy";
  timestamp: string;
  /** Per provider: whether its secret is configured. A field of the runbook. */
  endpoints: Record<string, boolean>;
  database: { reachable: boolean; latency_ms: number | null };
  oldest_due_seconds: number | null;
  missing_secrets: string[];
}

/** Answers of the last second by their kind, including those still being read. */
const kept = processSingleton("health", () => new Map<string, { at: number; read: Promise<unknown> }>());

/** Reads the health. Does not throw when the database is unavailable: that is its answer. */
export async function readHealth(): Promise<Health> {
  const facts = await keep("facts", () => gatherFacts());
  return {
    status: statusOf(facts, quickChecks(facts, logState())),
    timestamp: new Date().toISOString(),
    endpoints: Object.fromEntries(senders.map((p) => [p.slug, secretsFrom(p.secretsVariable).length > 0])),
    database: { reachable: facts.condition !== null, latency_ms: facts.latencyMs },
    oldest_due_seconds: facts.condition?.waiting.oldest_due_seconds ?? null,
    missing_secrets: missingSecrets(),
  };
}

/** Every check with its result. `recent`: within how many seconds an event must have been received. */
export async function readDeepHealth(recent?: number): Promise<DeepHealth> {
  const deep = await keep("checks", readChecks);
  if (recent === undefined) return deep;
  const newest_at = Object.values(deep.last_event_at ?? {}).reduce(
    (a, b) => (b !== null && (!a || b > a) ? b : a),
    null,
  );
  const ok = newest_at !== null && Date.now() - Date.parse(newest_at) <= recent * 1000;
  return { ...deep, recent_events: { within_seconds: recent, newest_at, ok } };
}

/** Whether requests may be sent to this process. Asks the database at most once a second. */
export async function readReadiness(): Promise<Readiness> {
  const [facts, missing] = await Promise.all([
    keep("facts", () => gatherFacts()),
    keep("migrations", () => missingMigrations()),
  ]);
  const because: Readiness["because"] = [];
  if (isDraining()) because.push("draining");
  if (facts.latencyMs === null) because.push("database");
  else if (facts.latencyMs > READY_WITHIN_MS) because.push("database_slow");
  if (missing !== null && missing.length > 0) because.push("migrations");
  return { ready: because.length === 0, because };
}

async function readChecks(): Promise<DeepHealth> {
  const [facts, silent, missing, signs, kept] = await Promise.all([
    gatherFacts(true),
    silentLanes(),
    missingMigrations(),
    readSignsOfLife(),
    readRetentionHealth(),
  ]);
  const checks = [
    ...quickChecks(facts, logState()),
    lanes(silent),
    migrations(missing),
    retention(kept),
    secrets(missingSecrets()),
  ].sort((a, b) => CHECKS.indexOf(a.name) - CHECKS.indexOf(b.name));
  return {
    status: statusOf(facts, checks),
    timestamp: new Date().toISOString(),
    checks,
    oldest_due_seconds: facts.condition?.waiting.oldest_due_seconds ?? null,
    workers: signs?.workers ?? null,
    last_event_at: signs?.last_event_at ?? null,
    recent_events: null,
  };
}

/** Providers whose secret is not configured: their webhooks are answered 503. */
export function missingSecrets(): string[] {
  return senders
    .filter((provider) => secretsFrom(provider.secretsVariable).length === 0)
    .map((provider) => provider.slug);
}

function keep<Result>(what: string, read: () => Promise<Result>): Promise<Result> {
  const known = kept.get(what);
  if (known && Date.now() - known.at < KEPT_MS) return known.read as Promise<Result>;
  const reading = read();
  kept.set(what, { at: Date.now(), read: reading });
  reading.catch(() => kept.delete(what));
  return reading;
}

function statusOf({ condition }: Facts, checks: HealthCheck[]): Health["status"] {
  if (!condition) return "unhealthy";
  return checks.some(({ status }) => status === "degraded" || status === "failed") ? "degraded" : "healthy";
}
