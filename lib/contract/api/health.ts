/** Whether Redrive works: for load balancers, for monitors, and in detail. */
import { z } from "zod";
import { CHECKS } from "../health";
import { count, time } from "./values";

/**
 * `failed`: webhooks are not stored. `degraded`: something is lost, refused or late. `unknown`: the check was not possible.
 */
const healthCheck = z.object({
  name: z.enum(CHECKS),
  status: z.enum(["ok", "degraded", "failed", "unknown"]),
  detail: z.string(),
  todo: z.string().nullable().describe("What to do about it; null when there is nothing to do."),
});

export type HealthCheck = z.infer<typeof healthCheck>;

/** `GET /api/health/deep` */
export const deepHealthRequest = z.object({
  failIfNoRecentEvents: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/, "is a time such as 90s, 15m, 2h or 1d")
    .optional()
    .describe("Answers 503 when no event was received for so long, such as 15m."),
});

/** The same time in seconds. */
export function secondsOf(text: string): number {
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[text.at(-1) as "s" | "m" | "h" | "d"];
  return Number(text.slice(0, -1)) * unit;
}

const worker = z.object({ name: z.string(), version: z.string().nullable(), at: time, seconds_ago: z.number() });

export const deepHealth = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  timestamp: time,
  checks: z.array(healthCheck),
  oldest_due_seconds: z.number().nullable(),
  workers: z.array(worker).nullable().describe("Heartbeats of workers. Null when the database does not answer."),
  last_event_at: z
    .record(z.string(), time.nullable())
    .nullable()
    .describe("When the newest event of each provider was received. Null when the database does not answer."),
  recent_events: z
    .object({ within_seconds: count, newest_at: time.nullable(), ok: z.boolean() })
    .nullable()
    .describe("The result of failIfNoRecentEvents, when that was given."),
});

/** `GET /api/health/live` */
export const liveness = z.object({ status: z.literal("ok") });

/** `GET /api/health/ready` */
export const readiness = z.object({
  ready: z.boolean(),
  because: z.array(z.enum(["draining", "database", "database_slow", "migrations"])).describe("Why it is not ready."),
});

export type Readiness = z.infer<typeof readiness>;

export type DeepHealth = z.infer<typeof deepHealth>;

export const health = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  timestamp: time,
  endpoints: z.record(z.string(), z.boolean()).describe("Per provider: is its secret configured?"),
  database: z.object({ reachable: z.boolean(), latency_ms: count.nullable() }),
  oldest_due_seconds: z.number().nullable(),
  missing_secrets: z.array(z.string()),
});
