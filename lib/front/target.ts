/**
 * The target of a request (RFC 9112, 3.2), normalised for every kind of server: readable, bounded, without repeated slashes.
 */
import type { ProblemInit } from "../errors";

const LONGEST_TARGET = 8 * 1024;
const MOST_PARAMETERS = 200;

const READS = ["GET", "HEAD"];
/** Routes decide about paths below these. */
const API = /^\/(?:api|admin\/webhooks)(?:[/?]|$)/;
/** The first part of each route below /api; tests/unit/api-parts.test.ts compares. Any other is refused before Next runs. */
export const API_PARTS: ReadonlySet<string> = new Set([
  "admin",
  "alert-rules",
  "alerts",
  "audit",
  "auth",
  "channels",
  "dead-letters",
  "coverage",
  "destinations",
  "event-views",
  "events",
  "evidence-key",
  "health",
  "incidents",
  "internal",
  "invitations",
  "kpis",
  "live",
  "metrics",
  "notices",
  "notification-preferences",
  "openapi.json",
  "organisations",
  "rail",
  "reconciliations",
  "refused",
  "retention",
  "search",
  "sessions",
  "sign-in-limits",
  "silences",
  "sources",
  "staff",
  "stripe",
  "telnyx",
  "tokens",
  "webhooks",
]);
/** No page has such a part. A provider that sends with GET would take our sign-in page for success. */
const WEBHOOK_PART = /\/(?:web)?hooks?(?:[/?]|$)/i;

/** The origin form of a target: absolute form loses its origin, and repeated slashes of the path become one. */
export function tidyTarget(target: string): string {
  const [path = "", ...query] = target.replace(/^https?:\/\/[^/?#]*/i, "").split("?");
  return [`/${path}`.replace(/\/{2,}/g, "/"), ...query].join("?");
}

/** Why a target is invalid; undefined when it is valid. */
export function problemOfTarget(target: string): ProblemInit | undefined {
  if (target.length > LONGEST_TARGET) {
    return { status: 414, title: "The address is too long.", detail: `The limit is ${LONGEST_TARGET} characters.` };
  }
  const [path = "", ...query] = target.split("?");
  // Next would redirect a backslash, and no URL has one.
  if (!isReadable(path) || path.includes("\\")) {
    return {
      status: 400,
      title: "The address cannot be read.",
      detail: "A percent sign begins the code of a UTF-8 character, such as %20. Write a percent sign itself as %25.",
    };
  }
  const parameters = query.join("?").split("&").length;
  if (parameters <= MOST_PARAMETERS) return undefined;
  return {
    status: 400,
    title: "The query has too many parameters.",
    detail: `The limit is ${MOST_PARAMETERS}.`,
    field: "query",
  };
}

/** Whether a request outside of the API can only be a mistake: pages take GET and HEAD only. */
export function isWrongAddress(method: string, target: string): boolean {
  const [, part] = /^\/api\/([^/?%]+)(?:[/?]|$)/.exec(target) ?? [];
  if (part !== undefined && !API_PARTS.has(part)) return true;
  if (API.test(target)) return false;
  return !READS.includes(method) || WEBHOOK_PART.test(target.split("?", 1)[0] ?? "");
}

function isReadable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
