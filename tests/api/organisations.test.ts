/** Long because it is a table: every route and page times every organisation. */
/** What people limited to an organisation see and do not see, tested on every route and page. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { hashPassword } from "@/lib/auth/password";
import { hashSecret, makeSecret } from "@/lib/auth/secrets";
import { requestOf } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { type Merchant, startMerchant } from "../support/merchant";
import { tokenFor, until } from "../support/processes";
import { apiRoutes, pageFiles } from "../support/routes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

/** Everything of an organisation has its name in it, so that an answer that reveals it is detected. */
interface World {
  name: string;
  event: string;
  key: string;
  provider: string;
  replay: string;
  draft: string;
  destination: string;
  channel: string;
  source: string;
  run: string;
  finding: string;
  incident: string;
  request: string;
  alert: string;
  rule: string;
  silence: string;
  person: string;
  token: string;
}

const SCOPED = ["viewer", "support", "admin", "token"] as const;
type Caller = (typeof SCOPED)[number];

/** How a route treats organisations. */
type Row =
  /** The route knows no organisations; the text says why. */
  | { apart: string }
  /** The route lists: its answer has what is the caller's, and nothing of others. */
  | { lists: string; names?: (world: World) => string; least?: Caller }
  /** The route is about one object of an organisation: others are answered 404. */
  | { takes: (world: World) => { path: string; body?: unknown }; least?: Caller; status?: number };

const takes = (path: (world: World) => string, body?: (world: World) => unknown, least: Caller = "viewer"): Row => ({
  takes: (world) => ({ path: path(world), ...(body && { body: body(world) }) }),
  least,
});
const reason = "a test of organisations";
const rule = (name: string) => ({
  ...{
    kind: "dead_letters",
    name: `Rule of ${name}`,
    settings: { threshold: 900, window_minutes: 60 },
    severity: "P4",
  },
  org_id: name === "nomad" ? null : name,
});
const ofReplay = (what: string, methods: Record<string, Caller>): Record<string, Record<string, Row>> => ({
  [`/api/webhooks/replays/[id]${what}`]: Object.fromEntries(
    Object.entries(methods).map(([method, least]) => [
      method,
      takes(({ draft }) => `/api/webhooks/replays/${draft}${what}`, undefined, least),
    ]),
  ),
});
const ofRun = (what: string, method: string, least: Caller = "viewer", body?: (world: World) => unknown) => ({
  [`/api/reconciliations/[id]${what}`]: {
    [method]: takes(({ run }) => `/api/reconciliations/${run}${what}`, body, least),
  },
});
const ofIncident = (what: string, method: string, least: Caller = "viewer", body?: (world: World) => unknown) => ({
  [`/api/incidents/[id]${what}`]: {
    [method]: takes(({ incident }) => `/api/incidents/${incident}${what}`, body, least),
  },
});
const ofAlert = (what: string, method: string, least: Caller = "viewer", body?: (world: World) => unknown) => ({
  [`/api/alerts/[id]${what}`]: { [method]: takes(({ alert }) => `/api/alerts/${alert}${what}`, body, least) },
});
/** The keys and the schedule of a source. */
const ofCoverage = (what: string, rules: Record<string, { least?: Caller; body?: object; status?: number }>) => ({
  [`/api/coverage/[provider]/${what}`]: Object.fromEntries(
    Object.entries(rules).map(([method, { least = "viewer", body, status }]): [string, Row] => [
      method,
      {
        takes: ({ source }) =>
          body
            ? { path: `/api/coverage/stripe/${what}`, body: { source_id: source, ...body } }
            : { path: `/api/coverage/stripe/${what}?source_id=${source}` },
        least,
        status,
      },
    ]),
  ),
});
const ofDestination = (
  what: string,
  method: string,
  least: Caller,
  body?: unknown,
): Record<string, Record<string, Row>> => ({
  [`/api/destinations/[id]/${what}`]: {
    [method]: takes(
      ({ destination }) => `/api/destinations/${destination}/${what}`,
      body ? () => body : undefined,
      least,
    ),
  },
});
const ofChannel = (what: string, method: string, body?: (world: World) => unknown) => ({
  [`/api/channels/[id]${what}`]: {
    [method]: takes(({ channel }) => `/api/channels/${channel}${what}`, body, "admin"),
    ...(what === "" && { DELETE: takes(({ channel }) => `/api/channels/${channel}`, undefined, "admin") }),
  },
});
const door: Record<string, Row> = Object.fromEntries(
  ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].map((method) => [
    method,
    { apart: "providers post here, who are nobody's staff" },
  ]),
);

const ROUTES: Record<string, Record<string, Row>> = {
  "/api/[[...path]]": Object.fromEntries(
    ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].map((method) => [
      method,
      { apart: "it refuses everything" },
    ]),
  ),
  "/api/admin/webhooks/[eventId]/replay": {
    POST: takes(
      ({ event }) => `/api/admin/webhooks/${event}/replay`,
      () => ({ reason }),
      "support",
    ),
  },
  "/api/admin/webhooks/bulk-replay": {
    POST: takes(
      () => "/api/admin/webhooks/bulk-replay",
      ({ name }) => ({ criteria: { merchantId: name }, reason }),
      "admin",
    ),
  },
  "/api/admin/webhooks/bulk-replays/[id]": { GET: takes(({ replay }) => `/api/admin/webhooks/bulk-replays/${replay}`) },
  "/api/admin/webhooks/bulk-replays/[id]/stream": {
    GET: takes(({ draft }) => `/api/admin/webhooks/bulk-replays/${draft}/stream`),
  },
  "/api/admin/webhooks/events": { GET: { lists: "/api/admin/webhooks/events", names: ({ event }) => event } },
  "/api/admin/webhooks/events/[id]/attempts": {
    GET: takes(({ event }) => `/api/admin/webhooks/events/${event}/attempts`),
  },
  "/api/admin/webhooks/replay-batch": {
    POST: takes(
      () => "/api/admin/webhooks/replay-batch",
      ({ event }) => ({ eventIds: [event] }),
      "support",
    ),
  },
  "/api/admin/webhooks/replays/[id]/failures": {
    GET: takes(({ replay }) => `/api/admin/webhooks/replays/${replay}/failures`),
  },
  "/api/admin/webhooks/replays/[id]/retry-failures": {
    POST: takes(
      ({ replay }) => `/api/admin/webhooks/replays/${replay}/retry-failures`,
      () => ({}),
      "support",
    ),
  },
  "/api/admin/webhooks/replays/[id]/status": {
    GET: takes(({ replay }) => `/api/admin/webhooks/replays/${replay}/status`),
  },
  "/api/admin/webhooks/test-endpoint": { POST: { apart: "it posts to an address that the caller writes out" } },
  "/api/audit": { GET: { lists: "/api/audit?limit=500", names: ({ destination }) => destination, least: "admin" } },
  "/api/audit/export": { GET: { lists: "/api/audit/export", names: ({ destination }) => destination, least: "admin" } },
  "/api/auth/[...nextauth]": { GET: { apart: "sign-in" }, POST: { apart: "sign-in" } },
  "/api/dead-letters": { GET: { lists: "/api/dead-letters", names: ({ event }) => event } },
  "/api/channels": {
    GET: { lists: "/api/channels", names: ({ channel }) => channel },
    POST: { apart: "tests/api/channels.test.ts: who is limited makes none for others" },
  },
  ...ofChannel("", "PATCH", () => ({ version: 1, name: "Another" })),
  ...ofChannel("/test", "POST"),
  "/api/channels/[id]/notifications": { GET: takes(({ channel }) => `/api/channels/${channel}/notifications`) },
  "/api/notification-preferences": {
    GET: { apart: "a person's own" },
    PATCH: { apart: "a person's own" },
  },
  "/api/destinations": {
    GET: { lists: "/api/destinations", names: ({ destination }) => destination },
    POST: {
      ...takes(
        () => "/api/destinations",
        ({ name }) => ({
          name: "Beyond",
          url: "http://127.0.0.1:9/x",
          organisation_id: name === "nomad" ? null : name,
        }),
        "admin",
      ),
      status: 403,
    } as Row,
  },
  "/api/destinations/[id]": {
    GET: takes(({ destination }) => `/api/destinations/${destination}`),
    PATCH: takes(
      ({ destination }) => `/api/destinations/${destination}`,
      () => ({ name: "Renamed" }),
      "admin",
    ),
    DELETE: takes(({ destination }) => `/api/destinations/${destination}`, undefined, "admin"),
  },
  ...ofDestination("deliveries", "GET", "viewer"),
  ...ofDestination("disable", "POST", "admin", { because: "a test" }),
  ...ofDestination("enable", "POST", "admin"),
  ...ofDestination("pause", "POST", "support"),
  ...ofDestination("resume", "POST", "support"),
  ...ofDestination("rotate-secret", "POST", "admin", {}),
  ...ofDestination("sample", "POST", "support"),
  ...ofDestination("test", "POST", "support"),
  ...ofDestination("try-now", "POST", "support", {}),
  "/api/event-views": { GET: { apart: "a person's own views" }, POST: { apart: "a person's own views" } },
  "/api/event-views/[id]": { DELETE: { apart: "a person's own views" } },
  "/api/events": {
    POST: {
      ...takes(
        () => "/api/events",
        ({ name }) => ({ eventType: "a.b", organisationId: name, data: {}, idempotencyKey: "beyond" }),
        "admin",
      ),
      status: 403,
    } as Row,
  },
  "/api/health/deep": {
    GET: { apart: "how Redrive as a whole works: refused to those who are limited" },
  },
  "/api/health/live": { GET: { apart: "whether the process answers, for load balancers" } },
  "/api/health/ready": { GET: { apart: "whether Redrive can do its work, for load balancers" } },
  "/api/kpis": { GET: { lists: "/api/kpis?by=organisation", names: ({ name }) => name } },
  "/api/metrics": { GET: { apart: "counts of all organisations: refused to those who are limited" } },
  "/api/internal/worker": { POST: { apart: "the cron job" } },
  "/api/internal/reconciliation/campaigns-leads": {
    POST: {
      ...takes(
        () => "/api/internal/reconciliation/campaigns-leads",
        ({ name }) => ({ provider_slug: "smartlead", org_id: name }),
        "admin",
      ),
      status: 403,
    } as Row,
  },
  "/api/reconciliations": {
    GET: { lists: "/api/reconciliations", names: ({ run }) => run },
    POST: takes(
      () => "/api/reconciliations",
      ({ source }) => ({
        ...{ provider_slug: "stripe", source_id: source },
        ...{ from_ts: "2026-02-16T00:00:00Z", to_ts: "2026-02-16T01:00:00Z" },
      }),
      "support",
    ),
  },
  ...ofRun("", "GET"),
  ...ofRun("/findings", "GET"),
  ...ofRun("/requests", "GET"),
  ...ofRun("/cancel", "POST", "support"),
  ...ofRun("/back-fill", "POST", "support", ({ finding }) => ({ finding_ids: [finding], reason })),
  "/api/reconciliations/[id]/findings/[finding]": {
    GET: takes(({ run, finding }) => `/api/reconciliations/${run}/findings/${finding}`),
  },
  "/api/incidents": {
    GET: { lists: "/api/incidents", names: ({ incident }) => incident },
    POST: takes(
      () => "/api/incidents",
      ({ run }) => ({
        ...{ title: "Of a run", cause: "The endpoint was down", severity: "P2", reconciliation_id: run },
        ...{ from_ts: "2026-02-16T00:00:00Z", to_ts: "2026-02-16T01:00:00Z" },
      }),
      "support",
    ),
  },
  "/api/incidents/[id]": {
    GET: takes(({ incident }) => `/api/incidents/${incident}`),
    PATCH: takes(
      ({ incident }) => `/api/incidents/${incident}`,
      ({ name }) => ({ cause: `The endpoint of ${name} was down` }),
      "support",
    ),
  },
  ...ofIncident("/items", "GET"),
  ...ofIncident("/log", "GET"),
  ...ofIncident("/evidence", "GET"),
  ...ofIncident("/notes", "POST", "support", () => ({ message: "a note" })),
  ...ofIncident("/grow", "POST", "admin", ({ event }) => ({ selection: { event_ids: [event] }, reason })),
  ...ofIncident("/requests", "POST", "support", () => ({ action: "close", input: { reason }, reason })),
  "/api/incidents/[id]/requests/[request]": {
    POST: takes(
      ({ incident, request }) => `/api/incidents/${incident}/requests/${request}`,
      () => ({ approve: false, reason }),
      "admin",
    ),
  },
  "/api/incidents/[id]/accept": {
    POST: {
      ...takes(
        ({ incident }) => `/api/incidents/${incident}/accept`,
        () => ({ positions: [1], reason }),
        "admin",
      ),
    },
  },
  ...ofIncident("/close", "POST", "admin", () => ({ reason })),
  ...ofIncident("/reopen", "POST", "support", () => ({ reason })),
  ...ofIncident("/verify", "POST", "support", () => ({ with_provider: false })),
  ...ofIncident("/recover", "POST", "support", () => ({ reason })),
  "/api/alerts": { GET: { lists: "/api/alerts", names: ({ alert }) => alert } },
  ...ofAlert("", "GET"),
  ...ofAlert("/acknowledge", "POST", "support", () => ({ note: "a note" })),
  ...ofAlert("/assign", "POST", "support", () => ({ assignee: null })),
  ...ofAlert("/incident", "POST", "support", () => ({})),
  "/api/alert-rules": {
    GET: { lists: "/api/alert-rules", names: ({ rule }) => rule },
    POST: {
      ...takes(
        () => "/api/alert-rules",
        ({ name }) => ({ ...rule(name), name: "Beyond" }),
        "admin",
      ),
      status: 403,
    } as Row,
  },
  "/api/alert-rules/[id]": {
    PATCH: takes(
      ({ rule }) => `/api/alert-rules/${rule}`,
      () => ({ version: 1, enabled: false }),
      "admin",
    ),
    DELETE: takes(({ rule }) => `/api/alert-rules/${rule}`, undefined, "admin"),
  },
  "/api/alert-rules/[id]/back-test": {
    POST: takes(
      ({ rule }) => `/api/alert-rules/${rule}/back-test`,
      () => ({}),
    ),
  },
  "/api/alert-rules/back-test": {
    POST: {
      ...takes(
        () => "/api/alert-rules/back-test",
        ({ name }) => {
          const { kind, settings, org_id } = rule(name);
          return { kind, settings, org_id, bad_evaluations: 1, hold_seconds: 0 };
        },
      ),
      status: 403,
    } as Row,
  },
  "/api/silences": {
    GET: { lists: "/api/silences", names: ({ silence }) => silence },
    POST: takes(
      () => "/api/silences",
      ({ rule: rule_id }) => ({ rule_id, ends_at: new Date(Date.now() + 60_000).toISOString(), reason }),
      "support",
    ),
  },
  "/api/silences/[id]/end": { POST: takes(({ silence }) => `/api/silences/${silence}/end`, undefined, "support") },
  "/api/coverage": { GET: { lists: "/api/coverage", names: ({ source }) => source } },
  ...ofCoverage("credentials", {
    GET: {},
    PUT: { least: "admin", body: { fields: { key: "rk_test_51OrganisationsOfATest0123" } } },
    DELETE: { least: "admin" },
  }),
  ...ofCoverage("credentials/test", { POST: { least: "admin", body: {} } }),
  ...ofCoverage("watch", { PATCH: { least: "admin", body: { enabled: false } } }),
  // Its own answer needs a provider that can be asked.
  ...ofCoverage("configuration", { GET: { least: "support", status: 404 } }),
  ...ofCoverage("configuration/repair", { POST: { least: "admin", body: { code: "x" } } }),
  "/api/webhooks/events/[id]/check": {
    POST: takes(({ event }) => `/api/webhooks/events/${event}/check`, undefined, "support"),
  },
  "/api/invitations/accept": { POST: { apart: "the link itself is the proof" } },
  "/api/live": { GET: { apart: "a stream: it has a test of its own below" } },
  "/api/notices": { GET: { lists: "/api/notices" }, POST: { apart: "marks the asker's own as seen" } },
  "/api/openapi.json": { GET: { apart: "public, and holds no data" } },
  "/api/organisations": { GET: { lists: "/api/organisations", names: ({ name }) => name, least: "admin" } },
  "/api/rail": { GET: { lists: "/api/rail" } },
  "/api/search": { GET: { lists: "/api/search?q=evt_", names: ({ event }) => event } },
  "/api/sessions": { GET: { apart: "a person's own sessions" }, DELETE: { apart: "a person's own sessions" } },
  "/api/sessions/[id]": { DELETE: { apart: "a person's own sessions" } },
  "/api/retention": {
    GET: { lists: "/api/retention", least: "admin" },
    PATCH: {
      ...takes(
        () => "/api/retention",
        ({ name }) => ({ class: "bodies", days: 4000, confirmed: true, ...(name !== "nomad" && { org_id: name }) }),
        "admin",
      ),
      status: 403,
    },
  },
  "/api/sign-in-limits": {
    GET: { lists: "/api/sign-in-limits", least: "admin" },
    DELETE: takes(({ name }) => `/api/sign-in-limits?kind=account&subject=${name}@example.com`, undefined, "admin"),
  },
  "/api/sources": {
    GET: { lists: "/api/sources", names: ({ source }) => source },
    POST: {
      ...takes(
        () => "/api/sources",
        ({ name }) => ({ provider: "stripe", name: "Beyond", organisation_id: name === "nomad" ? null : name }),
        "admin",
      ),
      status: 403,
    } as Row,
  },
  "/api/sources/[id]": {
    PATCH: takes(
      ({ source }) => `/api/sources/${source}`,
      () => ({ name: "Renamed" }),
      "admin",
    ),
    DELETE: takes(({ source }) => `/api/sources/${source}`, undefined, "admin"),
  },
  "/api/sources/[id]/rotate": {
    POST: takes(
      ({ source }) => `/api/sources/${source}/rotate`,
      () => ({}),
      "admin",
    ),
  },
  "/api/sources/sample": { POST: { apart: "refused to those who are limited: its event has no organisation" } },
  "/api/staff": {
    GET: { lists: "/api/staff", names: ({ person }) => person, least: "admin" },
    POST: {
      ...takes(
        () => "/api/staff",
        ({ name }) => ({ email: "b@example.com", role: "viewer", organisations: name === "nomad" ? null : [name] }),
        "admin",
      ),
      status: 403,
    } as Row,
  },
  "/api/staff/[id]": {
    PATCH: takes(
      ({ person }) => `/api/staff/${person}`,
      () => ({ disabled: true }),
      "admin",
    ),
  },
  "/api/staff/[id]/invitation": { POST: takes(({ person }) => `/api/staff/${person}/invitation`, undefined, "admin") },
  "/api/staff/[id]/sessions": { DELETE: takes(({ person }) => `/api/staff/${person}/sessions`, undefined, "admin") },
  "/api/stripe/webhook": door,
  "/api/telnyx/webhook": door,
  "/api/tokens": {
    GET: { lists: "/api/tokens", names: ({ token }) => token, least: "admin" },
    POST: {
      ...takes(
        () => "/api/tokens",
        ({ name }) => ({
          ...{ name: "beyond", scopes: ["manage"], expires_in_days: 1 },
          organisations: name === "nomad" ? null : [name],
        }),
        "admin",
      ),
      status: 403,
    } as Row,
  },
  "/api/tokens/[id]": { DELETE: takes(({ token }) => `/api/tokens/${token}`, undefined, "admin") },
  "/api/webhooks/[provider]": door,
  "/api/webhooks/[provider]/[token]": door,
  "/api/webhooks/analytics": { GET: { lists: "/api/webhooks/analytics?range=1h", names: ({ event }) => event } },
  "/api/webhooks/dlq": {
    GET: { lists: "/api/webhooks/dlq", names: ({ event }) => event },
    POST: takes(
      () => "/api/webhooks/dlq",
      ({ event }) => ({ webhook_id: event, reason }),
      "support",
    ),
  },
  "/api/webhooks/events": { GET: { lists: "/api/webhooks/events?count=1", names: ({ event }) => event } },
  "/api/webhooks/events/[id]": { GET: takes(({ event }) => `/api/webhooks/events/${event}`) },
  "/api/webhooks/events/[id]/body": { GET: takes(({ event }) => `/api/webhooks/events/${event}/body`) },
  "/api/webhooks/events/[id]/neighbours": { GET: takes(({ event }) => `/api/webhooks/events/${event}/neighbours`) },
  "/api/webhooks/events/[id]/person": {
    GET: { apart: "a file for administrators: pipeline/whose.test.ts asks as another organisation" },
  },
  "/api/webhooks/events/[id]/related": { GET: takes(({ event }) => `/api/webhooks/events/${event}/related`) },
  "/api/webhooks/events/histogram": { GET: { lists: "/api/webhooks/events/histogram?range=1h" } },
  "/api/evidence-key": { GET: { apart: "a public key, the same for every caller" } },
  "/api/webhooks/events/[id]/notes": {
    GET: takes(({ event }) => `/api/webhooks/events/${event}/notes`),
    POST: takes(
      ({ event }) => `/api/webhooks/events/${event}/notes`,
      () => ({ message: "a test" }),
      "support",
    ),
  },
  "/api/webhooks/events/[id]/assignee": {
    PUT: takes(
      ({ event }) => `/api/webhooks/events/${event}/assignee`,
      () => ({ assignee: null }),
      "support",
    ),
  },
  "/api/webhooks/events/reopen": {
    POST: {
      ...takes(
        () => "/api/webhooks/events/reopen",
        ({ event }) => ({ event_ids: [event], reason }),
        "support",
      ),
      status: 409,
    } as Row,
  },
  "/api/webhooks/events/resolve": {
    POST: {
      ...takes(
        () => "/api/webhooks/events/resolve",
        ({ event }) => ({ event_ids: [event], reason }),
        "support",
      ),
      status: 409,
    } as Row,
  },
  "/api/webhooks/events/types": { GET: { lists: "/api/webhooks/events/types" } },
  "/api/webhooks/health": { GET: { apart: "whether Redrive can do its work, for load balancers" } },
  "/api/webhooks/replay-bulk": {
    POST: takes(
      () => "/api/webhooks/replay-bulk",
      ({ provider, key }) => ({ provider_slug: provider, event_keys: [key] }),
      "support",
    ),
  },
  "/api/webhooks/replay-query": {
    POST: takes(
      () => "/api/webhooks/replay-query",
      ({ name }) => ({
        provider_slug: "platform",
        org_id: name,
        from_ts: "2020-01-01T00:00:00Z",
        to_ts: "2120-01-01T00:00:00Z",
      }),
      "admin",
    ),
  },
  "/api/webhooks/replay/[provider]/[...key]": {
    POST: takes(
      ({ provider, key }) => `/api/webhooks/replay/${provider}/${key}`,
      () => ({ wait: false }),
      "support",
    ),
  },
  "/api/webhooks/replays": {
    GET: { lists: "/api/webhooks/replays", names: ({ replay }) => replay },
    POST: takes(
      () => "/api/webhooks/replays",
      ({ event }) => ({ selection: { event_ids: [event] }, reason, draft: true }),
      "support",
    ),
  },
  ...ofReplay("", { GET: "viewer" }),
  ...ofReplay("/preview", { GET: "viewer" }),
  ...ofReplay("/items", { GET: "viewer" }),
  ...ofReplay("/export", { GET: "viewer" }),
  ...ofReplay("/start", { POST: "support" }),
  ...ofReplay("/pause", { POST: "support" }),
  ...ofReplay("/resume", { POST: "support" }),
  ...ofReplay("/cancel", { POST: "support" }),
};

/** A page shows lists, an object of an organisation, or nothing of any. */
const PAGES: Record<string, string | ((world: World) => string) | null> = {
  "/account": null,
  "/alerts": "/alerts",
  "/alerts/[id]": ({ alert }) => `/alerts/${alert}`,
  "/alerts/rules": "/alerts/rules",
  "/": "/",
  "/alerts/channels": "/alerts/channels",
  "/api-reference": null,
  "/dead-letters": "/dead-letters",
  "/destinations": "/destinations",
  "/destinations/[id]": ({ destination }) => `/destinations/${destination}`,
  "/events": "/events",
  "/events/[id]": ({ event }) => `/events/${event}`,
  "/incidents": "/incidents",
  "/incidents/[id]": ({ incident }) => `/incidents/${incident}`,
  "/invitation/[token]": null,
  "/kpis": "/kpis?by=organisation",
  "/reconciliation": "/reconciliation",
  "/reconciliation/[id]": ({ run }) => `/reconciliation/${run}`,
  "/replays": "/replays",
  "/replays/[id]": ({ replay }) => `/replays/${replay}`,
  "/settings/audit": "/settings/audit",
  "/settings/people": "/settings/people",
  "/settings/retention": "/settings/retention",
  "/settings/tokens": "/settings/tokens",
  "/sign-in": null,
  "/sources": "/sources",
};

let app: SharedApp;
let merchant: Merchant;
let all: Ask;
let scoped: Record<Caller, Ask>;
let own: World;
/** Another organisation, and no organisation. */
const outside: World[] = [];
let cookie: string;
let bearer: Record<Caller | "all", string>;
/** The answers to the limited administrator before other organisations had data. */
const before = new Map<string, unknown>();

const SCOPED_PASSWORD = "a password for a test";

beforeAll(async () => {
  app = await openApp();
  merchant = await startMerchant();
  // It verifies with an unknown secret, so every delivery is rejected and dead.
  const mine = ["aardvark"];
  bearer = {
    all: await tokenFor("super_admin", "30m"),
    viewer: await tokenFor("viewer", "30m", undefined, mine),
    support: await tokenFor("support", "30m", undefined, mine),
    admin: await tokenFor("super_admin", "30m", undefined, mine),
    token: await consoleToken(mine),
  };
  all = asker(app.url, bearer.all);
  scoped = Object.fromEntries(SCOPED.map((caller) => [caller, asker(app.url, bearer[caller])])) as Record<Caller, Ask>;
  await app.sql`insert into staff_users (email, name, role, organisations, password_hash)
    values ('scoped@redrive.local', 'Sia Scoped', 'admin', '{aardvark}', ${await hashPassword(SCOPED_PASSWORD)})`;
  cookie = await signIn(app.url, "scoped@redrive.local", SCOPED_PASSWORD);
  own = await makeWorld("aardvark");
  for (const { target } of lists()) before.set(target, steady((await fetchAs("admin", "GET", target)).text));
  outside.push(await makeWorld("zebra"), await makeWorld("nomad"));
}, 400_000);

afterAll(async () => {
  await app?.close();
  await merchant?.close();
});

async function consoleToken(organisations: string[] | null): Promise<string> {
  const token = `rd_${makeSecret()}`;
  const scopes = [
    "events:read",
    "events:resolve",
    "events:publish",
    "replays:bulk",
    "destinations:operate",
    "reconciliation:write",
    "incidents:write",
    "metrics:read",
    "alerts:write",
    "manage",
  ];
  await app.sql`insert into api_tokens (name, token_hash, hint, scopes, created_by, expires_at, organisations)
    values ('a test', decode(${hashSecret(token)}, 'hex'), ${token.slice(-4)}, ${scopes}, 'a test', now() + interval '1 hour',
      ${organisations})`;
  return token;
}

/** A destination that rejects, a dead event, a failed replay, a draft, a source, a person and a token. */
async function makeWorld(name: string): Promise<World> {
  const organisation_id = name === "nomad" ? null : name;
  const organisations = organisation_id === null ? null : [organisation_id];
  const destination = await all("POST", "/api/destinations", {
    name: `Endpoint of ${name}`,
    url: `${merchant.url}/${name}`,
    max_attempts: 1,
    // It belongs to no organisation, but not to the other organisations' events either.
    ...(organisation_id === null ? { providers: ["stripe"] } : { organisation_id }),
  });
  expect(destination.status, destination.text).toBe(201);
  const channel = await all("POST", "/api/channels", {
    ...{ kind: "email", name: `Channel of ${name}`, settings: { to: [`ops@${name}.example`] }, organisations },
  });
  expect(channel.status, channel.text).toBe(201);
  const source = await all("POST", "/api/sources", { provider: "stripe", name: `Source of ${name}`, organisation_id });
  const person = await all("POST", "/api/staff", { email: `${name}@example.com`, role: "viewer", organisations });
  const token = await all("POST", "/api/tokens", {
    name: `Token of ${name}`,
    scopes: ["events:read"],
    expires_in_days: 1,
    organisations,
  });
  // A request that is rejected at the source's own address.
  await fetch(source.body.full_url, { method: "POST", body: "{}" });
  const { event, key, provider } = organisation_id === null ? await eventOfNobody() : await eventOf(organisation_id);
  await until(
    `${event} is dead`,
    async () => (await all("GET", `/api/webhooks/events/${event}`)).body.status === "dead",
  );
  const replay = await all("POST", "/api/webhooks/replays", {
    selection: { event_ids: [event] },
    reason: `Replay of ${name}`,
  });
  await until(`${replay.body.id} ended`, async () =>
    ["completed", "stopped"].includes((await all("GET", `/api/webhooks/replays/${replay.body.id}`)).body.status),
  );
  const draft = await all("POST", "/api/webhooks/replays", {
    ...{ selection: { event_ids: [event] }, reason: `Draft of ${name}`, draft: true },
  });
  const { run, finding } = await makeRun(name, organisation_id, source.body.id);
  const { incident, request } = await makeIncident(name, event);
  const alerts = await makeAlert(name, organisation_id);
  for (const actor of ["test-viewer", "test-support", "test-super_admin"]) {
    await app.sql`insert into notices (actor_id, subject, message) values (${actor}, ${replay.body.id}, ${`Notice of ${name}`})`;
  }
  return {
    ...{
      name,
      event,
      key,
      provider,
      replay: replay.body.id,
      draft: draft.body.id,
      destination: destination.body.destination.id,
      channel: channel.body.id,
    },
    ...{ incident, request, ...alerts },
    ...{ source: source.body.id, run, finding, person: person.body.staff.id, token: token.body.api_token.id },
  };
}

/** An incident about the organisation's dead event, with a request that nobody has decided. */
async function makeIncident(name: string, event: string) {
  const now = Date.now();
  const opened = await all("POST", "/api/incidents", {
    ...{ title: `Incident of ${name}`, cause: "The endpoint was down", severity: "P2" },
    selection: { event_ids: [event] },
    ...{ from_ts: new Date(now - 3_600_000).toISOString(), to_ts: new Date(now).toISOString() },
  });
  expect(opened.status, opened.text).toBe(201);
  const asked = await all("POST", `/api/incidents/${opened.body.id}/requests`, {
    ...{ action: "close", input: { reason }, reason: `Request of ${name}` },
  });
  return { incident: opened.body.id as string, request: asked.body.requests[0].id as string };
}

/** A rule, an alert of it, and a silence of who sees nothing else. */
async function makeAlert(name: string, organisation: string | null) {
  const made = await all("POST", "/api/alert-rules", rule(name));
  expect(made.status, made.text).toBe(201);
  const [alert] = await app.sql`
    insert into alerts (rule_id, kind, severity, provider, organisation_id, summary, explain)
    values (${Number(made.body.id.slice(3))}, 'dead_letters', 'P4', 'stripe', ${organisation}, ${`Dead letters of ${name}`}, '{}')
    returning id`;
  const [silence] = await app.sql`
    insert into alert_silences (kind, organisation_id, reason, actor, actor_id, scope, ends_at)
    values ('drop', ${organisation}, ${`Silence of ${name}`}, 'Ada', 'a test', ${organisation && [organisation]},
      now() + interval '1 day')
    returning id`;
  return { rule: made.body.id as string, alert: `al_${alert?.id}`, silence: `sl_${silence?.id}` };
}

/** A run of the organisation's source that found something. */
async function makeRun(name: string, organisation: string | null, source: string) {
  const source_id = Number(source.slice(3));
  const [row] = await app.sql`
    with run as (
      insert into reconciliations (provider, source_id, organisation_id, started_by, status, from_ts, to_ts, actor, actor_id,
        completed_at)
      values ('stripe', ${source_id}, ${organisation}, 'person', 'completed', now() - interval '2 hours',
        now() - interval '1 hour', ${`Asker of ${name}`}, 'a test', now())
      returning id
    ), asked as (
      insert into api_requests (reconciliation_id, provider, method, url, status_code, milliseconds)
      select id, 'stripe', 'GET', ${`https://api.stripe.com/v1/events?of=${name}`}, 200, 9 from run
    )
    insert into findings (reconciliation_id, provider, source_id, organisation_id, kind, identity, event_key, event_type,
      occurred_at, origin)
    select id, 'stripe', ${source_id}, ${organisation}, 'unrecoverable', ${`evt_${name}`}, ${`evt_${name}`},
      ${`${name}.happened`}, now() - interval '90 minutes', 'provider_api'
    from run
    returning id, reconciliation_id`;
  return { run: `rc_${row?.reconciliation_id}`, finding: `fi_${row?.id}` };
}

async function eventOf(organisation: string) {
  const idempotencyKey = `evt_${organisation}`;
  const event = {
    eventType: `${organisation}.happened`,
    organisationId: organisation,
    data: { of: organisation },
    idempotencyKey,
  };
  const { body } = await all("POST", "/api/events", event);
  return { event: body.event_id as string, key: `${organisation}/${idempotencyKey}`, provider: "platform" };
}

async function eventOfNobody() {
  const request = requestOf("stripe", {
    ...{
      id: "evt_nomad",
      object: "event",
      type: "nomad.happened",
      created: Math.floor(Date.now() / 1000),
      livemode: true,
    },
    data: { object: { id: "nomad_1" } },
  });
  const response = await fetch(`${app.url}/api/webhooks/stripe`, {
    ...{ method: "POST", headers: request.headers.map(([name, value]) => [name, value] as [string, string]) },
    body: new Uint8Array(request.body),
  });
  return { event: ((await response.json()) as { event_id: string }).event_id, key: "evt_nomad", provider: "stripe" };
}

function lists() {
  return Object.values(ROUTES).flatMap((methods) =>
    Object.values(methods).flatMap((row) => ("lists" in row ? [{ target: row.lists, ...row }] : [])),
  );
}

function asks() {
  return Object.entries(ROUTES).flatMap(([route, methods]) =>
    Object.entries(methods).flatMap(([method, row]) => ("takes" in row ? [{ route, method, row }] : [])),
  );
}

/** An answer without what changes with the clock. */
function steady(text: string): unknown {
  const moves =
    /^(at|from|to|evaluated_at|bucket_seconds|oldest_due_seconds|silent_seconds|last_used_at|buckets|series|rates|latency|previous_latency|event_to_delivered)$/;
  try {
    return JSON.parse(text, (key, value) => (moves.test(key) ? undefined : value));
  } catch {
    return text;
  }
}

const ORDER: Caller[] = ["viewer", "support", "admin"];
const mayCall = (caller: Caller, least: Caller = "viewer") =>
  caller === "token" || ORDER.indexOf(caller) >= ORDER.indexOf(least);

/** The number of all rows that could belong to an organisation. */
async function rows(): Promise<string> {
  const [{ hash } = {}] = await app.sql`
    select md5(concat_ws('|',
      (select string_agg(e::text, '' order by id) from events e), (select string_agg(d::text, '' order by id) from deliveries d),
      (select string_agg(a::text, '' order by id) from attempts a), (select string_agg(r::text, '' order by id) from replays r),
      (select string_agg(i::text, '' order by replay_id, position) from replay_items i),
      (select string_agg(d::text, '' order by id) from destinations d), (select string_agg(s::text, '' order by id) from sources s),
      (select string_agg(a::text, '' order by id) from staff_actions a where action <> 'audit.export'),
      (select string_agg(n::text, '' order by id) from notices n),
      (select string_agg(concat(email, role, organisations, disabled_at, session_version), '' order by email) from staff_users),
      (select string_agg(concat(id, name, scopes, organisations, revoked_at), '' order by id) from api_tokens),
      (select string_agg(i::text, '' order by staff_id) from staff_invitations i),
      (select string_agg(c::text, '' order by id) from api_credentials c),
      (select string_agg(concat(provider, source_id, enabled, back_fills), '' order by id) from watches),
      (select string_agg(r::text, '' order by id) from reconciliations r),
      (select string_agg(f::text, '' order by id) from findings f),
      (select string_agg(i::text, '' order by id) from incidents i), (select string_agg(l::text, '' order by id) from incident_log l),
      (select string_agg(i::text, '' order by incident_id, position) from incident_items i),
      (select string_agg(q::text, '' order by id) from incident_requests q),
      (select string_agg(a::text, '' order by id) from alerts a where series_id is null),
      (select string_agg(r::text, '' order by id) from alert_rules r),
      (select string_agg(s::text, '' order by id) from alert_silences s)
    )) as hash`;
  return hash as string;
}

describe("every route", () => {
  test("has its row in the table, with exactly the methods it exports, and so has every page [S24]", () => {
    const found = Object.fromEntries(apiRoutes().map(({ route, methods }) => [route, methods]));
    expect(found).toEqual(
      Object.fromEntries(Object.entries(ROUTES).map(([route, rows]) => [route, Object.keys(rows).sort()])),
    );
    expect(pageFiles()).toEqual(Object.keys(PAGES).sort());
  });

  test.each(asks())(
    "$method $route: what is another organisation's, or nobody's, is not there [S24] [S27]",
    async ({ method, row }) => {
      const untouched = await rows();
      for (const caller of SCOPED) {
        for (const world of outside) {
          const { path, body } = row.takes(world);
          const answer = await scoped[caller](method, path, body);
          const wanted = mayCall(caller, row.least) ? (row.status ?? 404) : 403;
          expect(answer.status, `${caller} ${path} ${JSON.stringify(body)}: ${answer.text}`).toBe(wanted);
          // The answer names the requested id, and nothing that the caller did not send.
          const said = `${path} ${JSON.stringify(body)}`;
          for (const word of ["zebra", "nomad"]) if (!said.includes(word)) expect(answer.text).not.toContain(word);
        }
      }
      expect(await rows(), "nothing was changed").toBe(untouched);
    },
  );

  test.each(asks().filter(({ method, row }) => method === "GET" && row.status === undefined))(
    "$method $route: is answered to those it belongs to, and otherwise as if it had never been",
    async ({ method, route, row }) => {
      const path = row.takes(own).path;
      if (route.endsWith("/stream")) {
        expect(await firstStatus(path)).toBe(200);
      } else {
        for (const caller of SCOPED) {
          const response = await fetchAs(caller, method, path);
          expect(response.status, `${caller} ${path}`).toBe(200);
        }
      }
      const never = await scoped.viewer(method, path.replace(/_\d+/, "_999999999"));
      const theirs = await scoped.viewer(method, row.takes(outside[0] as World).path);
      const same = (text: string) => text.replace(/"request_id":"[^"]+"/, "").replace(/_\d+/g, "_N");
      expect(same(theirs.text)).toBe(same(never.text));
    },
  );

  test.each(lists())(
    "GET $target: shows what is the asker's, and of others neither a name nor a number [S24]",
    async (row) => {
      for (const caller of SCOPED.filter((one) => mayCall(one, row.least))) {
        const { status, text } = await fetchAs(caller, "GET", row.target);
        expect(status, caller).toBe(200);
        if (row.names) expect(text, caller).toContain(row.names(own));
        for (const { event, destination, replay, source, person } of outside) {
          for (const told of [
            "zebra",
            "nomad",
            `"${event}"`,
            `"${destination}"`,
            `"${replay}"`,
            `"${source}"`,
            person,
          ]) {
            expect(text, `${caller} ${row.target}`).not.toContain(told);
          }
        }
      }
      if (!row.target.startsWith("/api/audit")) {
        expect(steady((await fetchAs("admin", "GET", row.target)).text), "as before there were others").toEqual(
          before.get(row.target),
        );
      }
      if (row.names && row.target !== "/api/webhooks/analytics?range=1h") {
        const everything = (await fetchAs("all", "GET", row.target)).text;
        for (const world of outside) if (world.name !== "nomad") expect(everything).toContain(row.names(world));
      }
    },
  );
});

async function fetchAs(
  caller: Caller | "all",
  method: string,
  path: string,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${app.url}${path}`, { method, headers: { authorization: `Bearer ${bearer[caller]}` } });
  return { status: response.status, text: await response.text() };
}

async function firstStatus(path: string): Promise<number> {
  const gone = new AbortController();
  const headers = { authorization: `Bearer ${bearer.viewer}` };
  const { status } = await fetch(`${app.url}${path}`, { headers, signal: gone.signal });
  gone.abort();
  return status;
}

describe("pages", () => {
  test.each(Object.entries(PAGES).filter(([, target]) => target !== null))(
    "%s shows a limited administrator what is theirs, and nothing of others [S24]",
    async (_page, target) => {
      const open = async (path: string) => {
        const response = await fetch(`${app.url}${path}`, { headers: { cookie } });
        return { status: response.status, text: await response.text() };
      };
      const paths = typeof target === "function" ? [target(own), ...outside.map(target)] : [target as string];
      for (const [index, path] of paths.entries()) {
        const { status, text } = await open(path);
        // The name of a destination that all organisations share is not secret: events of any organisation may go there.
        expect(text, path).not.toMatch(
          /Endpoint of zebra|(Source|Token|Replay|Draft|Notice) of (zebra|nomad)|evt_(zebra|nomad)|(zebra|nomad)@/,
        );
        if (index === 0) expect(status, path).toBe(200);
        else
          expect(
            status === 404 || /NEXT_HTTP_ERROR_FALLBACK;404|not found|There is nothing here/i.test(text),
            path,
          ).toBe(true);
      }
    },
  );
});

describe("streams", () => {
  test("The live stream tells a limited person of their own events, and says nothing at all when others' come [S24] [S27]", async () => {
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${bearer.viewer}` };
    const response = await fetch(`${app.url}/api/live`, { headers, signal: gone.signal });
    let heard = "";
    const reading = (async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
        heard += Buffer.from(chunk).toString("utf8");
    })().catch(() => {});
    await until("the stream is ready", () => heard.includes("event: ready"));
    const zebra = await all("POST", "/api/events", {
      eventType: "zebra.live",
      organisationId: "zebra",
      data: {},
      idempotencyKey: "live-zebra",
    });
    await until(
      "it is dead",
      async () => (await all("GET", `/api/webhooks/events/${zebra.body.event_id}`)).body.status === "dead",
    );
    const mine = await all("POST", "/api/events", {
      eventType: "aardvark.live",
      organisationId: "aardvark",
      data: {},
      idempotencyKey: "live-own",
    });
    await until("my own event is told", () => heard.includes(`"${mine.body.event_id}"`));
    gone.abort();
    await reading;
    expect(heard).not.toContain(`"${zebra.body.event_id}"`);
    const changes = heard.split("\n\n").filter((event) => event.includes("event: change"));
    for (const change of changes) expect(change).toContain(mine.body.event_id);
  });

  test("The WebSocket of another organisation's replay is refused as if there were none [S24]", async () => {
    const open = async (id: string) => {
      const address = `${app.url.replace("http", "ws")}/api/admin/webhooks/bulk-replays/${id}/stream`;
      const socket = new WebSocket(address, { headers: { authorization: `Bearer ${bearer.viewer}` } });
      const status = await new Promise((resolve) => {
        socket.once("open", () => resolve(101));
        socket.once("unexpected-response", (_, { statusCode }) => resolve(statusCode));
      });
      // A rejected connection has nothing to end, and says so.
      socket.on("error", () => {});
      socket.terminate();
      return status;
    };
    expect(await open(own.draft)).toBe(101);
    for (const { draft } of outside) expect(await open(draft)).toBe(404);
  });
});

describe("a key that several organisations have", () => {
  const KEY = "evt_twin";
  beforeAll(async () => {
    for (const name of ["aardvark", "zebra"]) {
      const source = await all("POST", "/api/sources", {
        provider: "stripe",
        name: `Twin of ${name}`,
        organisation_id: name,
      });
      const request = requestOf("stripe", {
        ...{ id: KEY, object: "event", type: "twin.happened", created: Math.floor(Date.now() / 1000), livemode: true },
        data: { object: { id: `obj_${name}` } },
      });
      const response = await fetch(source.body.full_url, {
        ...{ method: "POST", headers: request.headers.map(([header, value]) => [header, value] as [string, string]) },
        body: new Uint8Array(request.body),
      });
      expect(response.status).toBe(200);
      const { event_id } = (await response.json()) as { event_id: string };
      await until("it has ended", async () =>
        ["dead", "processed", "ignored"].includes((await all("GET", `/api/webhooks/events/${event_id}`)).body.status),
      );
    }
  });

  const replaysOf = async () => (await app.sql`select id from replays`).length;

  test("Replaying it by provider and key runs in no organisation until the caller says in which", async () => {
    const count = await replaysOf();
    for (const [path, body] of [
      [`/api/webhooks/replay/stripe/${KEY}`, {}],
      ["/api/webhooks/replay-bulk", { provider_slug: "stripe", event_keys: [KEY] }],
    ] as const) {
      const asked = await all("POST", path, body);
      expect(asked.status, asked.text).toBe(409);
      expect(asked.body).toMatchObject({
        field: "organisation_id",
        choices: [{ organisation_id: "aardvark" }, { organisation_id: "zebra" }],
      });
    }
    expect(await replaysOf()).toBe(count);
    const told = await all("POST", `/api/webhooks/replay/stripe/${KEY}`, { org_id: "zebra", wait: false });
    expect([200, 202, 409]).toContain(told.status);
    const items = await app.sql`
      select distinct organisation_id from replay_items where replay_id = ${Number(String(told.body.replay_id).slice(3))}`;
    expect(items).toEqual([{ organisation_id: "zebra" }]);
  });

  test("Whoever is limited to one of them is not asked, and runs it there", async () => {
    const told = await scoped.support("POST", `/api/webhooks/replay/stripe/${KEY}`, { wait: false });
    expect(told.status, told.text).toBeLessThan(300);
    const items = await app.sql`
      select distinct organisation_id from replay_items where replay_id = ${Number(String(told.body.replay_id).slice(3))}`;
    expect(items).toEqual([{ organisation_id: "aardvark" }]);
  });

  test("A selection that mixes own events with others' takes the own ones only", async () => {
    const draft = await scoped.admin("POST", "/api/webhooks/replays", {
      ...{ selection: { event_ids: [own.event, ...outside.map(({ event }) => event)] }, reason, draft: true },
    });
    expect(draft.status, draft.text).toBe(201);
    expect(draft.body.not_found.sort()).toEqual(outside.map(({ event }) => event).sort());
    const items = await scoped.admin("GET", `/api/webhooks/replays/${draft.body.id}/items`);
    expect(items.body.items.map((item: { event_id: string }) => item.event_id)).toEqual([own.event]);
  });
});

describe("people and tokens", () => {
  test("A token narrows with its maker at the very next request, and its own list is never widened by one", async () => {
    const [person] = await app.sql`
      insert into staff_users (email, name, role, organisations) values ('maker@example.com', 'Maker', 'admin', '{aardvark,zebra}')
      returning id`;
    const token = `rd_${makeSecret()}`;
    await app.sql`insert into api_tokens (name, token_hash, hint, scopes, owner_id, created_by, expires_at)
      values ('narrow', decode(${hashSecret(token)}, 'hex'), ${token.slice(-4)}, '{events:read}', ${person?.id}, 'Maker', now() + interval '1 hour')`;
    const ask = asker(app.url, token);
    const zebra = `/api/webhooks/events/${outside[0]?.event}`;
    expect((await ask("GET", zebra)).status).toBe(200);
    await app.sql`update staff_users set organisations = '{aardvark}' where id = ${person?.id}`;
    expect((await ask("GET", zebra)).status).toBe(404);
    await app.sql`update api_tokens set organisations = '{zebra}' where name = 'narrow'`;
    expect((await ask("GET", zebra)).status).toBe(404);
    expect((await ask("GET", `/api/webhooks/events/${own.event}`)).status).toBe(404);
    await app.sql`update staff_users set organisations = null where id = ${person?.id}`;
    expect((await ask("GET", zebra)).status).toBe(200);
  });

  test("A limited administrator cannot widen themselves, nor anybody, nor a token; and the last administrator of all stays", async () => {
    const same = { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" };
    const made = await fetch(`${app.url}/api/tokens`, {
      ...{
        method: "POST",
        headers: same,
        body: JSON.stringify({ name: "mine", scopes: ["events:read"], expires_in_days: 1 }),
      },
    });
    expect(((await made.json()) as { api_token: { organisations: string[] } }).api_token.organisations).toEqual([
      "aardvark",
    ]);
    const person = await scoped.admin("PATCH", `/api/staff/${own.person}`, { organisations: ["aardvark", "zebra"] });
    expect(person.status).toBe(403);
    expect((await scoped.admin("PATCH", `/api/staff/${own.person}`, { organisations: null })).status).toBe(403);
    const [admin] = await app.sql`select id from staff_users where email = ${app.adminEmail}`;
    const last = await all("PATCH", `/api/staff/${admin?.id}`, { organisations: ["aardvark"] });
    expect(last.status).toBe(409);
  });
});

test("The success rate is by events and the same on the page, in the API and in SQL; retries do not lower it", async () => {
  const [counted] = await app.sql`
    select count(*) filter (where status in ('processed', 'replayed', 'resolved'))::int as well,
      count(*) filter (where status = 'dead')::int as dead
    from events where organisation_id = 'aardvark'`;
  const rate = (100 * counted?.well) / (counted?.well + counted?.dead);
  const analytics = (await scoped.viewer("GET", "/api/webhooks/analytics?range=1h")).body;
  expect(analytics.totals).toMatchObject({ succeeded: counted?.well, lost: counted?.dead });
  expect(analytics.success_rate).toBeCloseTo(rate, 1);
  const [sql] = await app.sql`
    select (read_analytics(now() - interval '1 hour', now() + interval '1 minute', 60, '{aardvark}') #>> '{totals,success_rate}')::float as rate`;
  expect(sql?.rate).toBeCloseTo(rate, 1);
  const page = await (await fetch(`${app.url}/?range=1h`, { headers: { cookie } })).text();
  expect(page).toContain("An event counts once, however many attempts it took.");
  // Resolved by a person: its outcome is good now, but its failed attempts still happened.
  const { body } = await scoped.support("POST", "/api/webhooks/events/resolve", { event_ids: [own.event], reason });
  expect(body.resolved).toBe(1);
  const after = (await scoped.viewer("GET", "/api/webhooks/analytics?range=1h")).body;
  expect(after.totals).toMatchObject({
    succeeded: counted?.well + 1,
    lost: counted?.dead - 1,
    dead: analytics.totals.dead,
  });
});
