/** Long because it is a table: every route times every caller. */
/** Who may do what, tested on every route: a new route fails here until it has a line. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { decodeJwt, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashPassword } from "@/lib/auth/password";
import { hashSecret, makeSecret } from "@/lib/auth/secrets";
import { SCOPE_NAMES, type Scope } from "@/lib/contract/scopes";
import { tokenFor } from "../support/processes";
import { apiRoutes } from "../support/routes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

const PEOPLE = ["anonymous", "viewer", "support", "admin", "expired", "otherKey", "noSignature"] as const;
/** `publisher`: an administrator's token of the command line that may only publish. The others were made in the console. */
const CALLERS = [...PEOPLE, "publisher", "ended", "revoked", ...SCOPE_NAMES] as const;
type Caller = (typeof CALLERS)[number];
type Expected = Record<Caller, number>;

const ROOT = path.resolve(import.meta.dirname, "../..");

/** A person's id that does not exist. */
const NOBODY = "00000000-0000-4000-8000-000000000000";

const NO_RUN = "/api/reconciliations/rc_999999";
const NO_INCIDENT = "/api/incidents/in_999999";
const NO_ALERT = "/api/alerts/al_999999";
const NO_RULE = "/api/alert-rules/ar_999999";

const nobody = { anonymous: 401, expired: 401, otherKey: 401, noSignature: 401, ended: 401, revoked: 401 };
/** The answer to callers with the permission: a status after authorisation. `scopes` are the token scopes that allow it. */
const may =
  (least: "viewer" | "support" | "admin", ...scopes: Scope[]) =>
  (status: number): Expected => ({
    ...nobody,
    viewer: least === "viewer" ? status : 403,
    support: least === "admin" ? 403 : status,
    admin: status,
    publisher: scopes.includes("events:publish") ? status : 403,
    ...(Object.fromEntries(SCOPE_NAMES.map((scope) => [scope, scopes.includes(scope) ? status : 403])) as Record<
      Scope,
      number
    >),
  });
const view = may("viewer", "events:read");
const resolve = may("support", "events:resolve");
const replay = may("support", "replays:write", "replays:bulk");
const replayMany = may("admin", "replays:bulk");
const operate = may("support", "destinations:operate");
const reconcile = may("support", "reconciliation:write");
const incident = may("support", "incidents:write");
const alert = may("support", "alerts:write");
const publish = may("admin", "events:publish");
const manage = may("admin", "manage");
const everybody = (status: number): Expected =>
  Object.fromEntries(CALLERS.map((caller) => [caller, status])) as Expected;

interface Rule {
  expected: Expected;
  path?: string;
  body?: unknown;
}

/** Webhook endpoints know no people: a request without a signature is rejected, from any caller. */
const door = (path: string, refusal: number): Record<string, Rule> => ({
  POST: { path, expected: everybody(refusal), body: {} },
  OPTIONS: { path, expected: everybody(204) },
  ...Object.fromEntries(
    ["DELETE", "GET", "HEAD", "PATCH", "PUT"].map((method) => [method, { path, expected: everybody(405) }]),
  ),
});

/** Every action of one replay. */
const ofReplay = (what: string, rules: Record<string, Rule>): Record<string, Record<string, Rule>> => ({
  [`/api/webhooks/replays/[id]/${what}`]: Object.fromEntries(
    Object.entries(rules).map(([method, rule]) => [
      method,
      { path: `/api/webhooks/replays/wr_999999/${what}`, ...rule },
    ]),
  ),
});

/** Every action of one destination. */
const ofDestination = (what: string, method: string, rule: Rule): Record<string, Record<string, Rule>> => ({
  [`/api/destinations/[id]/${what}`]: { [method]: { path: `/api/destinations/ds_999999/${what}`, ...rule } },
});

const ONE_EVENT = { selection: { event_ids: ["we_1"] }, reason: "a test" };

/** Every action of one incident. */
const ofIncident = (what: string, expected: (status: number) => Expected, body: unknown, path = what) => ({
  [`/api/incidents/[id]/${what}`]: { POST: { path: `${NO_INCIDENT}/${path}`, expected: expected(404), body } },
});

const RULES: Record<string, Record<string, Rule>> = {
  // Addresses without a route.
  "/api/[[...path]]": Object.fromEntries(
    ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].map((method) => [
      method,
      { path: "/api/nowhere", expected: everybody(404) },
    ]),
  ),
  "/api/destinations": {
    GET: { expected: view(200) },
    POST: { expected: manage(400), body: { name: "" } },
  },
  "/api/destinations/[id]": {
    GET: { path: "/api/destinations/ds_999999", expected: view(404) },
    PATCH: { path: "/api/destinations/ds_999999", expected: manage(404), body: { name: "Another" } },
    DELETE: { path: "/api/destinations/ds_999999", expected: manage(404) },
  },
  ...ofDestination("pause", "POST", { expected: operate(404) }),
  ...ofDestination("resume", "POST", { expected: operate(404) }),
  ...ofDestination("enable", "POST", { expected: manage(404) }),
  ...ofDestination("disable", "POST", { expected: manage(404), body: {} }),
  ...ofDestination("rotate-secret", "POST", { expected: manage(404), body: {} }),
  ...ofDestination("try-now", "POST", { expected: operate(404), body: {} }),
  ...ofDestination("test", "POST", { expected: operate(404) }),
  ...ofDestination("sample", "POST", { expected: operate(404) }),
  ...ofDestination("deliveries", "GET", { expected: view(404) }),
  "/api/channels": {
    GET: { expected: view(200) },
    POST: { expected: manage(400), body: { kind: "teams", name: "a test", settings: {} } },
  },
  "/api/channels/[id]": {
    PATCH: { path: "/api/channels/ch_999999", expected: manage(404), body: { version: 1, name: "Another" } },
    DELETE: { path: "/api/channels/ch_999999", expected: manage(404) },
  },
  "/api/channels/[id]/test": { POST: { path: "/api/channels/ch_999999/test", expected: manage(404) } },
  "/api/channels/[id]/notifications": {
    GET: { path: "/api/channels/ch_999999/notifications", expected: view(404) },
  },
  // For people, and tokens that a person made.
  "/api/notification-preferences": {
    GET: { expected: view(403) },
    PATCH: { expected: view(403), body: { mails_report: true } },
  },
  "/api/events": { POST: { expected: publish(400), body: {} } },
  "/api/auth/[...nextauth]": {
    GET: { path: "/api/auth/session", expected: everybody(200) },
    // Without next-auth's CSRF token it redirects back to the sign-in page.
    POST: { path: "/api/auth/callback/credentials", expected: everybody(302), body: {} },
  },
  "/api/internal/worker": { POST: { expected: everybody(401) } },
  "/api/internal/reconciliation/campaigns-leads": {
    POST: { expected: replayMany(400), body: { provider_slug: "stripe" } },
  },
  "/api/reconciliations": {
    GET: { expected: view(200) },
    POST: { expected: reconcile(400), body: { provider_slug: "stripe" } },
  },
  "/api/reconciliations/[id]": { GET: { path: `${NO_RUN}`, expected: view(404) } },
  "/api/reconciliations/[id]/findings": { GET: { path: `${NO_RUN}/findings`, expected: view(404) } },
  "/api/reconciliations/[id]/findings/[finding]": {
    GET: { path: `${NO_RUN}/findings/fi_999999`, expected: view(404) },
  },
  "/api/reconciliations/[id]/requests": { GET: { path: `${NO_RUN}/requests`, expected: view(404) } },
  "/api/reconciliations/[id]/back-fill": {
    POST: { path: `${NO_RUN}/back-fill`, expected: replay(404), body: { finding_ids: ["fi_1"], reason: "a test" } },
  },
  "/api/reconciliations/[id]/cancel": { POST: { path: `${NO_RUN}/cancel`, expected: reconcile(404) } },
  "/api/incidents": {
    GET: { expected: view(200) },
    POST: { expected: incident(400), body: { title: "No window" } },
  },
  "/api/incidents/[id]": {
    GET: { path: NO_INCIDENT, expected: view(404) },
    PATCH: { path: NO_INCIDENT, expected: incident(404), body: { title: "Another" } },
  },
  "/api/incidents/[id]/items": { GET: { path: `${NO_INCIDENT}/items`, expected: view(404) } },
  "/api/incidents/[id]/log": { GET: { path: `${NO_INCIDENT}/log`, expected: view(404) } },
  ...ofIncident("notes", incident, { message: "a test" }),
  ...ofIncident("grow", replayMany, ONE_EVENT),
  ...ofIncident("recover", incident, { reason: "a test" }),
  ...ofIncident("verify", incident, {}),
  ...ofIncident("accept", replayMany, { all: true, reason: "a test" }),
  ...ofIncident("close", replayMany, { reason: "a test" }),
  ...ofIncident("reopen", incident, { reason: "a test" }),
  ...ofIncident("requests", incident, { action: "close", input: { reason: "a test" }, reason: "a test" }),
  ...ofIncident("requests/[request]", replayMany, { approve: true, reason: "a test" }, "requests/ir_999999"),
  "/api/alerts": { GET: { expected: view(200) } },
  "/api/alerts/[id]": { GET: { path: NO_ALERT, expected: view(404) } },
  "/api/alerts/[id]/acknowledge": { POST: { path: `${NO_ALERT}/acknowledge`, expected: alert(404), body: {} } },
  "/api/alerts/[id]/assign": { POST: { path: `${NO_ALERT}/assign`, expected: alert(404), body: { assignee: null } } },
  "/api/alerts/[id]/incident": { POST: { path: `${NO_ALERT}/incident`, expected: incident(404), body: {} } },
  "/api/alert-rules": { GET: { expected: view(200) }, POST: { expected: manage(400), body: { name: "" } } },
  "/api/alert-rules/[id]": {
    PATCH: { path: NO_RULE, expected: manage(404), body: { version: 1, enabled: false } },
    DELETE: { path: NO_RULE, expected: manage(404) },
  },
  "/api/alert-rules/[id]/back-test": { POST: { path: `${NO_RULE}/back-test`, expected: view(404), body: {} } },
  "/api/alert-rules/back-test": { POST: { expected: view(400), body: { kind: "none" } } },
  "/api/silences": { GET: { expected: view(200) }, POST: { expected: alert(400), body: { reason: "a test" } } },
  "/api/silences/[id]/end": { POST: { path: "/api/silences/sl_999999/end", expected: alert(404) } },
  "/api/coverage": { GET: { expected: view(200) } },
  "/api/coverage/[provider]/credentials": {
    GET: { path: "/api/coverage/nobody/credentials", expected: view(400) },
    PUT: { path: "/api/coverage/nobody/credentials", expected: manage(400), body: { fields: {} } },
    DELETE: { path: "/api/coverage/nobody/credentials", expected: manage(400) },
  },
  "/api/coverage/[provider]/credentials/test": {
    POST: { path: "/api/coverage/nobody/credentials/test", expected: manage(400), body: {} },
  },
  "/api/coverage/[provider]/watch": {
    PATCH: { path: "/api/coverage/nobody/watch", expected: manage(400), body: { enabled: false } },
  },
  "/api/coverage/[provider]/configuration": {
    GET: { path: "/api/coverage/nobody/configuration", expected: reconcile(400) },
  },
  "/api/coverage/[provider]/configuration/repair": {
    POST: { path: "/api/coverage/nobody/configuration/repair", expected: manage(400), body: { code: "x" } },
  },
  "/api/webhooks/events/[id]/check": {
    POST: { path: "/api/webhooks/events/we_999999/check", expected: reconcile(404) },
  },
  "/api/stripe/webhook": door("/api/stripe/webhook", 400),
  "/api/telnyx/webhook": {
    ...door("/api/telnyx/webhook", 400),
    GET: { path: "/api/telnyx/webhook", expected: everybody(400) },
  },
  "/api/webhooks/[provider]": door("/api/webhooks/chatwoot", 401),
  "/api/webhooks/[provider]/[token]": door("/api/webhooks/stripe/not-a-token", 401),
  "/api/sources": {
    GET: { expected: view(200) },
    POST: { expected: manage(400), body: { provider: "nobody", name: "a test" } },
  },
  "/api/sources/sample": { POST: { expected: operate(403), body: { provider: "stripe" } } },
  "/api/sources/[id]": {
    PATCH: { path: "/api/sources/so_999999", expected: manage(404), body: { name: "a test" } },
    DELETE: { path: "/api/sources/so_999999", expected: manage(404) },
  },
  "/api/sources/[id]/rotate": { POST: { path: "/api/sources/so_999999/rotate", expected: manage(404), body: {} } },
  "/api/webhooks/analytics": { GET: { expected: view(200) } },
  "/api/webhooks/dlq": {
    GET: { expected: view(200) },
    POST: { expected: replay(404), body: { webhook_id: "we_999999" } },
  },
  "/api/webhooks/events": { GET: { expected: view(200) } },
  "/api/webhooks/events/histogram": { GET: { expected: view(200) } },
  "/api/webhooks/events/types": { GET: { expected: view(200) } },
  "/api/event-views": { GET: { expected: view(200) }, POST: { expected: view(400), body: { name: "" } } },
  "/api/event-views/[id]": { DELETE: { path: "/api/event-views/ev_999999", expected: view(404) } },
  "/api/webhooks/events/[id]": { GET: { path: "/api/webhooks/events/we_999999", expected: view(404) } },
  "/api/webhooks/events/[id]/body": {
    GET: { path: "/api/webhooks/events/we_999999/body", expected: view(404) },
  },
  "/api/webhooks/events/[id]/neighbours": {
    GET: { path: "/api/webhooks/events/we_999999/neighbours", expected: view(404) },
  },
  "/api/webhooks/events/[id]/person": {
    GET: { path: "/api/webhooks/events/we_999999/person", expected: manage(404) },
  },
  "/api/webhooks/events/[id]/related": {
    GET: { path: "/api/webhooks/events/we_999999/related", expected: view(404) },
  },
  "/api/webhooks/health": { GET: { expected: everybody(200) } },
  "/api/health/deep": { GET: { expected: may("viewer", "events:read", "metrics:read")(200) } },
  "/api/health/live": { GET: { expected: everybody(200) } },
  "/api/health/ready": { GET: { expected: everybody(200) } },
  "/api/kpis": { GET: { expected: view(200) } },
  "/api/metrics": { GET: { expected: may("viewer", "events:read", "metrics:read")(200) } },
  "/api/webhooks/replay/[provider]/[...key]": {
    POST: { path: "/api/webhooks/replay/stripe/evt_none", expected: replay(404), body: {} },
  },
  "/api/webhooks/replays/[id]": { GET: { path: "/api/webhooks/replays/wr_999999", expected: view(404) } },
  ...ofReplay("preview", { GET: { expected: view(404) } }),
  ...ofReplay("items", { GET: { expected: view(404) } }),
  ...ofReplay("export", { GET: { expected: view(404) } }),
  ...ofReplay("start", { POST: { expected: replay(404) } }),
  ...ofReplay("pause", { POST: { expected: replay(404) } }),
  ...ofReplay("resume", { POST: { expected: replay(404) } }),
  ...ofReplay("cancel", { POST: { expected: replay(404) } }),
  "/api/webhooks/replays": {
    GET: { expected: view(200) },
    POST: { expected: replay(404), body: { selection: { event_ids: ["we_999999"] }, reason: "a test" } },
  },
  "/api/webhooks/replay-bulk": {
    POST: { expected: replay(404), body: { provider_slug: "heyreach", event_keys: ["evt-none"] } },
  },
  "/api/webhooks/replay-query": {
    POST: {
      expected: replayMany(404),
      body: { provider_slug: "smartlead", from_ts: "2026-02-16T00:00:00Z", to_ts: "2026-02-16T01:00:00Z" },
    },
  },
  "/api/evidence-key": { GET: { expected: everybody(200) } },
  "/api/incidents/[id]/evidence": { GET: { path: `${NO_INCIDENT}/evidence`, expected: view(404) } },
  "/api/webhooks/events/[id]/notes": {
    GET: { path: "/api/webhooks/events/we_999999/notes", expected: view(404) },
    POST: { path: "/api/webhooks/events/we_999999/notes", expected: resolve(404), body: { message: "a test" } },
  },
  "/api/webhooks/events/[id]/assignee": {
    PUT: { path: "/api/webhooks/events/we_999999/assignee", expected: resolve(404), body: { assignee: null } },
  },
  "/api/webhooks/events/reopen": {
    POST: { expected: resolve(409), body: { event_ids: ["we_999999"], reason: "a test" } },
  },
  "/api/webhooks/events/resolve": {
    POST: { expected: resolve(409), body: { event_ids: ["we_999999"], reason: "a test" } },
  },
  "/api/dead-letters": { GET: { expected: view(200) } },
  "/api/organisations": { GET: { expected: manage(200) } },
  "/api/rail": { GET: { expected: view(200) } },
  "/api/live": { GET: { expected: view(200) } },
  "/api/search": { GET: { path: "/api/search?q=we_1", expected: view(200) } },
  "/api/staff": {
    GET: { expected: manage(200) },
    POST: { expected: manage(400), body: { email: "nobody", role: "viewer" } },
  },
  "/api/staff/[id]": { PATCH: { path: `/api/staff/${NOBODY}`, expected: manage(404), body: { disabled: true } } },
  "/api/staff/[id]/sessions": { DELETE: { path: `/api/staff/${NOBODY}/sessions`, expected: manage(404) } },
  // For people only: a token has no session, whatever its role.
  "/api/sessions": { GET: { expected: view(403) }, DELETE: { expected: view(403) } },
  "/api/sessions/[id]": { DELETE: { path: "/api/sessions/se_999999", expected: view(403) } },
  "/api/retention": {
    GET: { expected: manage(200) },
    PATCH: { expected: manage(400), body: { class: "none" } },
  },
  "/api/sign-in-limits": {
    GET: { expected: manage(200) },
    DELETE: { path: "/api/sign-in-limits?kind=account&subject=nobody@example.com", expected: manage(404) },
  },
  "/api/staff/[id]/invitation": { POST: { path: `/api/staff/${NOBODY}/invitation`, expected: manage(404) } },
  "/api/invitations/accept": { POST: { expected: everybody(400), body: { token: "none", role: "admin" } } },
  "/api/tokens": { GET: { expected: manage(200) }, POST: { expected: manage(400), body: { name: "none" } } },
  "/api/tokens/[id]": { DELETE: { path: "/api/tokens/tk_999999", expected: manage(404) } },
  "/api/audit": { GET: { expected: manage(200) } },
  "/api/audit/export": { GET: { expected: manage(200) } },
  "/api/notices": { GET: { expected: view(200) }, POST: { expected: view(200), body: { until: 1 } } },
  "/api/openapi.json": { GET: { expected: everybody(200) } },
  "/api/admin/webhooks/events": { GET: { expected: view(200) } },
  "/api/admin/webhooks/events/[id]/attempts": {
    GET: { path: "/api/admin/webhooks/events/we_999999/attempts", expected: view(404) },
  },
  "/api/admin/webhooks/[eventId]/replay": {
    POST: { path: "/api/admin/webhooks/we_999999/replay", expected: replay(404), body: { reason: "a test" } },
  },
  "/api/admin/webhooks/bulk-replay": {
    POST: { expected: replayMany(404), body: { criteria: { merchantId: "nobody" }, reason: "a test" } },
  },
  "/api/admin/webhooks/test-endpoint": { POST: { expected: operate(400), body: { url: "ftp://example.com" } } },
  "/api/admin/webhooks/replay-batch": { POST: { expected: replay(404), body: { eventIds: ["we_999999"] } } },
  "/api/admin/webhooks/replays/[id]/status": {
    GET: { path: "/api/admin/webhooks/replays/wr_999999/status", expected: view(404) },
  },
  "/api/admin/webhooks/replays/[id]/failures": {
    GET: { path: "/api/admin/webhooks/replays/wr_999999/failures", expected: view(404) },
  },
  "/api/admin/webhooks/replays/[id]/retry-failures": {
    POST: { path: "/api/admin/webhooks/replays/wr_999999/retry-failures", expected: replay(404), body: {} },
  },
  "/api/admin/webhooks/bulk-replays/[id]": {
    GET: { path: "/api/admin/webhooks/bulk-replays/br_999999", expected: view(404) },
  },
  "/api/admin/webhooks/bulk-replays/[id]/stream": {
    GET: { path: "/api/admin/webhooks/bulk-replays/br_999999/stream", expected: view(404) },
  },
};

let app: SharedApp;
let tokens: Record<Caller, string | undefined>;

beforeAll(async () => {
  app = await openApp();
  const claims = { role: "super_admin" };
  const other = new TextEncoder().encode("a-key-that-somebody-else-made-up-000");
  const dressed = (token: SignJWT | UnsecuredJWT) =>
    token.setSubject("mallory").setIssuer("redrive").setAudience("redrive-api").setIssuedAt().setExpirationTime("1h");
  tokens = {
    anonymous: undefined,
    viewer: await tokenFor("viewer"),
    support: await tokenFor("support"),
    admin: await tokenFor("super_admin"),
    publisher: await tokenFor("super_admin", "10m", "events:publish"),
    expired: await tokenFor("super_admin", "-1s"),
    otherKey: await (dressed(new SignJWT(claims).setProtectedHeader({ alg: "HS256" })) as SignJWT).sign(other),
    noSignature: (dressed(new UnsecuredJWT(claims)) as UnsecuredJWT).encode(),
    ended: await consoleToken(["manage"], { ended: true }),
    revoked: await consoleToken(["manage"], { revoked: true }),
    ...(Object.fromEntries(
      await Promise.all(SCOPE_NAMES.map(async (scope) => [scope, await consoleToken([scope])] as const)),
    ) as Record<Scope, string>),
  };
}, 300_000);

afterAll(() => app?.close());

async function consoleToken(scopes: Scope[], { ended = false, revoked = false } = {}): Promise<string> {
  const token = `rd_${makeSecret()}`;
  await app.sql`insert into api_tokens (name, token_hash, hint, scopes, created_by, created_at, expires_at, revoked_at)
    values ('a test', decode(${hashSecret(token)}, 'hex'), ${token.slice(-4)}, ${scopes}, 'a test',
      now() - interval '1 day', now() + ${ended ? -1 : 3600} * interval '1 second', ${revoked ? new Date() : null})`;
  return token;
}

const ask = (target: string, init: RequestInit = {}) => fetch(`${app.url}${target}`, { redirect: "manual", ...init });

describe("every route under app/api", () => {
  test("has its line in the table, with exactly the methods it exports [S26]", () => {
    const found = Object.fromEntries(apiRoutes().map(({ route, methods }) => [route, methods]));
    const ruled = Object.entries(RULES).map(([route, rules]) => [route, Object.keys(rules).sort()]);
    expect(found).toEqual(Object.fromEntries(ruled));
  });

  const cases = Object.entries(RULES).flatMap(([route, rules]) =>
    Object.entries(rules).map(([method, rule]) => ({ method, target: rule.path ?? route, rule })),
  );
  test.each(cases)("$method $target answers each caller as the table says [S26]", async ({ method, target, rule }) => {
    const statuses: Partial<Expected> = {};
    for (const caller of CALLERS) {
      const token = tokens[caller];
      const response = await ask(target, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(rule.body ? { "content-type": "application/json" } : {}),
        },
        body: rule.body ? JSON.stringify(rule.body) : undefined,
      });
      statuses[caller] = response.status;
      if (response.status === 401 && target.startsWith("/api/webhooks/") && rule.expected.viewer !== 401) {
        expect(response.headers.get("www-authenticate"), caller).toContain("Bearer");
      }
    }
    expect(statuses).toEqual(rule.expected);
  });

  test("reaches handlers of its own methods only", async () => {
    for (const [route, rules] of Object.entries(RULES)) {
      const target = Object.values(rules)[0]?.path ?? route;
      if (route.includes("nextauth")) continue;
      for (const method of ["POST", "PUT", "PATCH", "DELETE"].filter((one) => !(one in rules))) {
        const response = await ask(target, { method, headers: { authorization: `Bearer ${tokens.admin}` } });
        expect(response.status, `${method} ${target}`).toBe(405);
      }
    }
  });
});

test("replaying everything is for administrators", async () => {
  for (const [caller, status] of [
    ["viewer", 403],
    ["support", 403],
    ["admin", 200],
  ] as const) {
    const response = await ask("/api/webhooks/dlq", {
      method: "POST",
      headers: { authorization: `Bearer ${tokens[caller]}` },
      body: JSON.stringify({ retry_all: true }),
    });
    expect(response.status, caller).toBe(status);
  }
});

test("the worker tick runs for the cron secret, and for nothing that merely begins like it [S54]", async () => {
  const secret = "tests-only-cron-secret-0123456789";
  const tick = (authorization: string) => ask("/api/internal/worker", { method: "POST", headers: { authorization } });
  expect((await tick(`Bearer ${secret}`)).status).toBe(200);
  for (const wrong of [`Bearer ${secret.slice(0, -1)}`, `Bearer ${secret}x`, secret, "Bearer "]) {
    expect((await tick(wrong)).status, wrong).toBe(401);
  }
});

describe("a token", () => {
  test.each([
    ["of another issuer", { iss: "somebody" }],
    ["for another audience", { aud: "another-api" }],
    ["with an id that was never written down", { jti: "00000000-0000-4000-8000-000000000000" }],
    ["from before tokens were written down", { jti: undefined }],
    ["without an end", { exp: undefined }],
    ["without a subject", { sub: undefined }],
    ["that is not valid yet", { nbf: Math.floor(Date.now() / 1000) + 600 }],
  ])("%s opens nothing", async (_name, changes) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: "redrive",
      aud: "redrive-api",
      sub: "test",
      role: "super_admin",
      iat: now,
      exp: now + 600,
      // With a token that works, so that only the change is wrong.
      jti: decodeJwt(tokens.admin as string).jti,
      ...changes,
    };
    const key = new TextEncoder().encode(process.env.API_TOKEN_SECRET);
    const token = await new SignJWT(JSON.parse(JSON.stringify(claims))).setProtectedHeader({ alg: "HS256" }).sign(key);
    const response = await ask("/api/webhooks/events", { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(401);
  });

  test("counts in the Authorization header only [S33]", async () => {
    const { admin } = tokens;
    expect((await ask(`/api/webhooks/events?access_token=${admin}&token=${admin}`)).status).toBe(401);
    expect(
      (await ask("/api/webhooks/events", { headers: { cookie: `token=${admin}; redrive.session=${admin}` } })).status,
    ).toBe(401);
    expect((await ask("/api/webhooks/events", { headers: { authorization: `Basic ${admin}` } })).status).toBe(401);
  });
});

describe("a session of the console", () => {
  let cookie: string;
  beforeAll(async () => {
    cookie = await signIn(app.url, app.adminEmail, app.adminPassword);
  });

  const replayWith = (headers: Record<string, string>) =>
    ask("/api/webhooks/replay/stripe/evt_none", { method: "POST", headers: { cookie, ...headers }, body: "{}" });

  test("reads APIs, and acts when the request comes from the console itself", async () => {
    expect((await ask("/api/webhooks/events", { headers: { cookie } })).status).toBe(200);
    expect((await replayWith({ origin: app.url, host: new URL(app.url).host })).status).toBe(404);
    expect((await replayWith({ "sec-fetch-site": "same-origin" })).status).toBe(404);
  });

  test.each<[string, Record<string, string>]>([
    ["another site", { origin: "https://evil.example" }],
    ["a site whose name begins with ours", { origin: "http://localhost.evil.example" }],
    ["another port of this machine", { origin: "http://localhost:1" }],
    ["a sandboxed frame", { origin: "null" }],
    ["a browser that says cross-site", { "sec-fetch-site": "cross-site" }],
    ["a sister site", { "sec-fetch-site": "same-site" }],
    ["a sender that does not say where it is", {}],
  ])("does not act for %s", async (_name, headers) => {
    expect((await replayWith(headers)).status).toBe(403);
  });

  test("of a viewer may not replay, and ends at once when the person is disabled", async () => {
    const password = "a viewer's long password";
    await app.sql`insert into staff_users (email, name, role, password_hash)
      values ('viewer@redrive.local', 'Vera Viewer', 'viewer', ${await hashPassword(password)})`;
    const viewer = await signIn(app.url, "viewer@redrive.local", password);
    const init = { headers: { cookie: viewer, "sec-fetch-site": "same-origin" } };
    expect((await ask("/api/webhooks/events", init)).status).toBe(200);
    expect((await ask("/api/webhooks/replay/stripe/evt_none", { ...init, method: "POST" })).status).toBe(403);
    await app.sql`update staff_users set disabled_at = now() where email = 'viewer@redrive.local'`;
    expect((await ask("/api/webhooks/events", init)).status).toBe(401);
  });

  test("that was forged or cut short opens nothing [S25]", async () => {
    const session = /redrive\.session=([^;]+)/.exec(cookie)?.[1] ?? "";
    for (const forged of [session.slice(0, -2), `${session}x`, "", "null", `${session.split(".")[0]}....`]) {
      const response = await ask("/api/webhooks/events", { headers: { cookie: `redrive.session=${forged}` } });
      expect(response.status, forged).toBe(401);
    }
  });
});

/** Every header that ever told Next that middleware had already run. */
const SUBREQUESTS = ["middleware", "src/middleware", "pages/_middleware", "proxy", "src/proxy"].flatMap((name) => [
  name,
  Array(5).fill(name).join(":"),
  Array(20).fill(name).join(":"),
]);

describe("pages", () => {
  const pages = readdirSync(path.join(ROOT, "app/(console)"), { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .map((file) => `/${path.dirname(file)}`.replace(/^\/\.$/, "/").replace(/\[[^\]]+\]/g, "we_1"));

  const expectSentAway = async (target: string, headers: Record<string, string> = {}) => {
    const response = await ask(target, { headers });
    const text = await response.text();
    // A redirect, or a page of Next's that only redirects.
    const sent = response.headers.get("location") ?? /url=([^"]+)"/.exec(text)?.[1] ?? text;
    expect(sent, `${target} ${JSON.stringify(headers)}`).toContain("/sign-in");
    expect(text).not.toMatch(/event_key|Administrator|needs_attention/);
  };

  test("there are some", () => expect(pages).toContain("/events"));

  test.each(pages)("%s sends signed-out people to the sign-in page", async (page) => {
    const response = await ask(page);
    expect([302, 303, 307]).toContain(response.status);
    expect(response.headers.get("location")).toContain(`/sign-in?callbackUrl=${encodeURIComponent(page)}`);
  });

  test.each(pages)("%s stays closed to everybody who claims that middleware has run [S37]", async (page) => {
    for (const value of SUBREQUESTS) await expectSentAway(page, { "x-middleware-subrequest": value });
    await expectSentAway(page, { "x-redrive-path": "/", "x-middleware-rewrite": page, "x-middleware-next": "1" });
  });

  // They pass no middleware: the page itself has to send away. What is drawn ahead may also be the names of the path's parts,
  // which the address says anyway.
  const NAMES_ONLY = /^(\d+:\[\["children",\{"s":[^\n]+\n)+0:\{"q":[^\n]+\n?$/;

  test.each(pages)("%s stays closed to Next's own kinds of request [S37]", async (page) => {
    const kinds: [target: string, headers: Record<string, string>, mayName?: "the path's parts"][] = [
      [page, { rsc: "1" }],
      [`${page}?_rsc=abc`, { rsc: "1" }],
      [page, { rsc: "1", "next-router-segment-prefetch": "/_full" }],
      [page, { rsc: "1", "next-router-prefetch": "1" }, "the path's parts"],
      [page, { rsc: "1", "next-router-segment-prefetch": "/_tree" }, "the path's parts"],
    ];
    for (const [target, headers, mayName] of kinds) {
      const kind = `${target} ${JSON.stringify(headers)}`;
      let response = await ask(target, { headers });
      // Next first redirects to an address that names the kind of request.
      const again = response.headers.get("location");
      if (again?.includes("?_rsc")) response = await ask(again, { headers });
      const text = (response.headers.get("location") ?? "") + (await response.text());
      if (!(mayName && NAMES_ONLY.test(text))) expect(text, kind).toContain("/sign-in");
      expect(text, kind).not.toMatch(/event_key|Administrator|needs_attention/);
    }
  });

  test("APIs stay closed to them, too [S37]", async () => {
    for (const value of SUBREQUESTS) {
      expect((await ask("/api/webhooks/events", { headers: { "x-middleware-subrequest": value } })).status).toBe(401);
    }
  });
});
