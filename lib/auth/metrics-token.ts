/** METRICS_TOKEN: one secret of the environment for Prometheus and monitors, so that they need no account. */
import { createHash, timingSafeEqual } from "node:crypto";
import { environment } from "@/lib/env";
import type { Actor } from "./permissions";

/** Who sends it: may do what a token with the scope metrics:read may, for all organisations. */
export const MONITORING: Actor = {
  kind: "token",
  id: "token:METRICS_TOKEN",
  name: "METRICS_TOKEN",
  role: null,
  scopes: ["metrics:read"],
  organisations: null,
};

/** Whether a request carries it as its bearer token. Always false while it is not set. */
export function hasMetricsToken(request: Request): boolean {
  const { METRICS_TOKEN } = environment();
  const given = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  return METRICS_TOKEN !== undefined && given !== undefined && timingSafeEqual(hash(given), hash(METRICS_TOKEN));
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
