/** The JSON of `GET /api/health/deep`: which checks fail, and why. */

export const CHECKS = [
  "database",
  "writes",
  "lanes",
  "clock",
  "rejections",
  "worker",
  "migrations",
  "retention",
  "secrets",
  "disk",
  "log",
  "proxies",
] as const;

export type { DeepHealth, HealthCheck, Readiness } from "./api/health";
