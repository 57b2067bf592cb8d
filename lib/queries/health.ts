/** Whether Redrive can do its work: the database answers, nothing due waits too long, providers have their secrets. */

import { call, DatabaseUnavailable } from "@/lib/db/client";
import { secretsFrom } from "@/lib/env";
import { senders } from "@/lib/providers";
import { EVERYTHING, scopeOf } from "@/lib/scope";

/** A due delivery older than this means that nobody works. */
const STUCK_AFTER_S = 60;
const DATABASE_DEADLINE_MS = 2_000;

export interface Health {
  /** `unhealthy`: the database does not answer. `degraded`: due work waits for more than a minute. */
  status: "healthy" | "degraded" | "unhealthy";
  timestamp: string;
  /** Per provider: is its secret configured? The runbook's field. */
  endpoints: Record<string, boolean>;
  database: { reachable: boolean; latency_ms: number | null };
  oldest_due_seconds: number | null;
  missing_secrets: string[];
}

/** Reads the health. Never throws for an absent database: that is its answer. */
export async function readHealth(): Promise<Health> {
  const started = performance.now();
  const backlog = await call<Backlog>("console", "read_backlog", scopeOf(EVERYTHING), DATABASE_DEADLINE_MS).catch(
    (error: unknown) => {
      if (error instanceof DatabaseUnavailable) return null;
      throw error;
    },
  );
  const oldest = backlog?.waiting.oldest_due_seconds ?? null;
  return {
    status: !backlog ? "unhealthy" : (oldest ?? 0) > STUCK_AFTER_S ? "degraded" : "healthy",
    timestamp: new Date().toISOString(),
    endpoints: Object.fromEntries(senders.map((p) => [p.slug, secretsFrom(p.secretsVariable).length > 0])),
    database: { reachable: backlog !== null, latency_ms: backlog && Math.round(performance.now() - started) },
    oldest_due_seconds: oldest,
    missing_secrets: missingSecrets(),
  };
}

interface Backlog {
  waiting: { count: number; oldest_due_seconds: number | null };
}

/** Providers whose secret is not configured: their webhooks are answered 503. */
export function missingSecrets(): string[] {
  return senders
    .filter((provider) => secretsFrom(provider.secretsVariable).length === 0)
    .map((provider) => provider.slug);
}
