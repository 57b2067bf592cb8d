import { lackOf } from "@/lib/auth/permissions";
import type { AccessRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

/** What a caller may not do, or not now. */
export const accessProblems: ProblemsOf<AccessRefusals> = {
  not_authenticated: ({ detail }) => ({
    status: 401,
    title: "Authentication is required.",
    detail,
    headers: { "www-authenticate": 'Bearer realm="redrive"' },
  }),
  not_permitted: ({ role, permission }) => ({
    status: 403,
    title: "You may not do this.",
    detail: lackOf({ role }, permission),
  }),
  other_site: ({ way }) => ({
    status: 403,
    title: "This request comes from another site.",
    detail: way === "link" ? "Open the link itself." : "Use the console itself, or an API token.",
  }),
  beyond_scope: ({ organisations, field }) => ({
    status: 403,
    title: "This is outside your organisations.",
    detail:
      organisations && organisations.length > 0
        ? `Name one of yours: ${organisations.slice(0, 10).join(", ")}${organisations.length > 10 ? ", …" : ""}.`
        : "You have none: ask an administrator.",
    field,
  }),
  scope_changed: { status: 403, title: "Your organisations have changed." },
  needs_all_organisations: {
    status: 403,
    title: "Only users who can see all organisations can do this.",
    detail: "GET /api/webhooks/health says whether Redrive works.",
  },
  too_many_attempts: ({ seconds }) => ({
    status: 429,
    title: "Too many attempts.",
    detail: `Wait ${seconds === 1 ? "a second" : `${seconds} seconds`}, then try again.`,
    headers: { "retry-after": String(seconds) },
  }),
  too_many_sign_ins: ({ seconds }) => ({
    status: 429,
    title: "Too many sign-ins are in progress.",
    detail: `Try again in ${seconds} seconds.`,
    headers: { "retry-after": String(seconds) },
  }),
  sign_in_failed: ({ isUnavailable }) => ({
    status: isUnavailable ? 503 : 500,
    title: "Redrive failed on this request.",
    detail: "Try again in a moment.",
    ...(isUnavailable && { headers: { "retry-after": "5" } }),
  }),
  too_many_streams: ({ most }) => ({
    status: 429,
    title: "You have too many streams open.",
    detail: `Close one first: the limit is ${most}. Pages without a stream refresh every few seconds instead.`,
    headers: { "retry-after": "30" },
  }),
  too_many_live_streams: {
    status: 503,
    title: "Too many live connections.",
    detail: "Poll every few seconds instead, and try again in a minute.",
    headers: { "retry-after": "60" },
  },
};
