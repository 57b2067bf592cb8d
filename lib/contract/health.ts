/** The JSON of `GET /api/health/deep`: what works and what does not. */

export const CHECKS = [
  "database",
  "writes",
  "lanes",
  "clock",
  "rejections",
  "worker",
  "migrations",
  "secrets",
  "disk",
  "log",
] as const;

export interface HealthCheck {
  name: (typeof CHECKS)[number];
  /** `failed`: webhooks are not stored. `degraded`: something is lost, refused or late. `unknown`: it could not be checked. */
  status: "ok" | "degraded" | "failed" | "unknown";
  /** What was found, in a sentence. */
  detail: string;
  /** What to do about it; null when there is nothing to do. */
  todo: string | null;
}

export interface DeepHealth {
  status: "healthy" | "degraded" | "unhealthy";
  timestamp: string;
  checks: HealthCheck[];
}
