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

export type { DeepHealth, HealthCheck } from "./api/overview";
