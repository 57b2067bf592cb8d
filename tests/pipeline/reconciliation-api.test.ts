/**
 * The API of reconciliation as its callers see it, on the real engine and a provider that answers over HTTP.
 * Long because one provider and desk serve all of it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as campaignsLeads from "@/lib/contract/api/campaigns-leads";
import * as coverage from "@/lib/contract/api/coverage";
import * as findings from "@/lib/contract/api/findings";
import * as answers from "@/lib/contract/api/reconciliations";
import * as sourceApi from "@/lib/contract/api/source-api";
import { findProvider } from "@/lib/providers";
import type { ProviderApi } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { accountOf, listAccounts } from "@/lib/reconciliation/accounts";
import { findProviderWithApi, type ProviderWithApi } from "@/lib/reconciliation/session";
import type { Ask } from "../support/api";
import { openApi } from "../support/api-desk";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { installApi, type LogProvider, logApi, startLogProvider } from "../support/log-provider";
import { deliverAndSettle, lastHours, workOnRuns } from "../support/reconciling";

const NOW = Math.floor(Date.now() / 1000);
const KEY = "log-provider-key-1234";
const stripe = findProvider("stripe") as Provider;

/** The client of tests with what it answers for one event, and for its configuration. */
const api: ProviderApi = {
  ...logApi,
  async get(session, id) {
    const { entries } = await logApi.list(session, { from: new Date(0), to: new Date() }, null);
    return entries.find(({ eventKey }) => eventKey === id);
  },
  async configuration(_session, endpointUrl) {
    return { subscribedTypes: null, problems: isBroken ? [{ ...PROBLEM, wayOut: `Enable ${endpointUrl}.` }] : [] };
  },
  async repair(session, problem) {
    await session.ask({ path: `/repair/${problem.repair?.id}` });
    isBroken = false;
  },
};
const PROBLEM = {
  code: "endpoint_disabled",
  title: "The endpoint is disabled.",
  wayOut: "",
  repair: { id: "we_1", what: "Enable it" },
};
let isBroken = true;

let desk: Desk;
let ask: Ask;
let provider: LogProvider;
beforeAll(async () => {
  process.env.ENCRYPTION_KEY = Buffer.alloc(32, 7).toString("base64");
  desk = await openDesk();
  ask = await openApi();
});
afterAll(async () => {
  await provider.close();
  await desk.close();
});
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts, replays, replay_items, businesses, subscriptions,
    rejections, reconciliations, api_budgets, watches, api_credentials, api_requests, sources cascade`;
  await provider?.close();
  provider = await startLogProvider();
  installApi(stripe, api, provider);
  isBroken = true;
});

/** Event `n`, ten minutes ago and older; the provider lists it. Those for which `arrives` is false never came. */
async function history(count: number, arrives: (n: number) => boolean): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const created = NOW - 600 - n * 60;
    const body = stripeEvent({ id: `evt_${n}`, created, subscription: `sub_${n}`, customer: `cus_${n}` });
    provider.events.push({ id: body.id, type: body.type, created, body });
    if (arrives(n)) await send("stripe", body);
  }
  await workUntilIdle();
}

async function checked(more: object = {}) {
  const asked = await ask("POST", "/api/reconciliations", { provider_slug: "stripe", ...lastHours(6), ...more });
  expect([asked.status, asked.body.reconciliation_id]).toEqual([202, expect.stringMatching(/^rc_\d+$/)]);
  answers.reconciliationAccepted.parse(asked.body);
  await workOnRuns(desk.sql);
  return (await ask("GET", `/api/reconciliations/${asked.body.reconciliation_id}`)).body;
}

const findingsOf = async (id: string, query = "") =>
  findings.findingPage.parse((await ask("GET", `/api/reconciliations/${id}/findings${query}`)).body);
const stripeCoverage = async () =>
  coverage.coverageList
    .parse((await ask("GET", "/api/coverage")).body)
    .sources.find(({ provider_slug, source_id }) => provider_slug === "stripe" && source_id === null);

describe("a run", () => {
  test("is asked for, read, and answers its counts, its findings page by page, and what it asked", async () => {
    await history(12, (n) => n % 4 !== 0);
    const run = await checked();
    expect(answers.reconciliation.parse(run)).toMatchObject({
      ...{ status: "completed", counts_are: "exact", dry_run: true, started_by: "person", actor: "ops" },
      counts: { provider: 12, received: 9, missing: 3, repaired: 0 },
    });
    const first = await findingsOf(run.id, "?kind=missing&limit=2");
    const rest = await findingsOf(run.id, `?kind=missing&limit=2&cursor=${first.next_cursor}`);
    expect([...first.findings, ...rest.findings].map(({ event_key }) => event_key).toSorted()).toEqual(
      ["evt_0", "evt_4", "evt_8"].toSorted(),
    );
    expect(rest.next_cursor).toBeNull();
    expect((await findingsOf(run.id, "?kind=rejected")).findings).toEqual([]);
    const [found] = first.findings;
    expect(found).toMatchObject({ state: "open", origin: "provider_api", may_back_fill: true, event_id: null });
    const detail = await ask("GET", `/api/reconciliations/${run.id}/findings/${found?.id}`);
    const { body_base64 } = findings.findingDetail.parse(detail.body);
    expect(JSON.parse(Buffer.from(body_base64 ?? "", "base64").toString()).id).toBe(found?.event_key);
    const asked = answers.apiRequestPage.parse((await ask("GET", `/api/reconciliations/${run.id}/requests`)).body);
    expect(asked.requests.length).toBe(run.requests);
    expect(asked.requests[0]).toMatchObject({ status_code: 200, provider_request_id: expect.stringMatching(/^req_/) });
    expect(
      (await ask("GET", "/api/reconciliations?provider_slug=stripe&status=completed")).body.reconciliations,
    ).toEqual([run]);
    expect((await ask("GET", "/api/reconciliations?provider_slug=shopify")).body.reconciliations).toEqual([]);
  });

  test("that could not read everything never says that nothing is missing: its counts are the least", async () => {
    await history(3, () => true);
    provider.misbehave = (_request, response) => {
      response.writeHead(401).end("{}");
      return true;
    };
    const run = await checked();
    expect(run).toMatchObject({ status: "failed", counts_are: "at_least", reason: expect.stringContaining("401") });
    const errors = (await ask("GET", `/api/reconciliations/${run.id}/requests`)).body.requests;
    expect(errors[0]).toMatchObject({ status_code: 401, problem: expect.stringContaining("not valid") });
  });

  test("of another run's finding, of a run that is not there and of an id that is none: 404 with the form of the id", async () => {
    await history(1, () => false);
    const [one, other] = [await checked(), await checked()];
    const [found] = (await findingsOf(one.id)).findings;
    for (const path of [
      `/${other.id}/findings/${found?.id}`,
      `/${one.id}/findings/fi_999999`,
      `/${one.id}/findings/x`,
    ]) {
      const { status, body } = await ask("GET", `/api/reconciliations${path}`);
      expect([status, body.detail]).toEqual([404, "Ids look like fi_123."]);
    }
    for (const path of ["/rc_999999", "/x", "/rc_999999/findings", "/rc_999999/requests"]) {
      const { status, body } = await ask("GET", `/api/reconciliations${path}`);
      expect([status, body.detail]).toEqual([404, "Ids look like rc_123."]);
    }
    expect((await ask("POST", `/api/reconciliations/${one.id}/cancel`)).status).toBe(409);
  });
});

describe("a back-fill", () => {
  test("is drafted with other options again and again, then started: the findings stay open until it runs", async () => {
    await history(4, (n) => n > 1);
    const run = await checked();
    const fill = (body: object) =>
      ask("POST", `/api/reconciliations/${run.id}/back-fill`, { all: true, reason: "Stripe was down", ...body });
    const draft = await fill({ draft: true });
    expect([draft.status, draft.body.status, draft.body.remaining_findings]).toEqual([201, "draft", 0]);
    const preview = (await ask("GET", `/api/webhooks/replays/${draft.body.id}/preview`)).body;
    expect(preview).toMatchObject({ events: 2, to_run: 2, changes: { created: expect.any(Number) } });
    expect((await findingsOf(run.id)).findings.map(({ state }) => state)).toEqual(["open", "open"]);
    const another = await fill({ draft: true, options: { ratePerSecond: 5 } });
    expect(another.status).toBe(201);
    expect((await ask("POST", `/api/webhooks/replays/${another.body.id}/start`)).status).toBe(200);
    await deliverAndSettle();
    const after = (await ask("GET", `/api/reconciliations/${run.id}`)).body;
    expect(after.counts).toMatchObject({ missing: 0, repaired: 2 });
    const states = (await findingsOf(run.id, "?state=repaired")).findings;
    expect(states.map(({ replay_id }) => replay_id)).toEqual([another.body.id, another.body.id]);
    // The event says where it came from, and which run found it.
    const event = (await ask("GET", `/api/webhooks/events/${states[0]?.event_id}`)).body;
    expect(event).toMatchObject({
      ...{ origin: "provider_api", trust: "provider_api" },
      found: { reconciliation_id: run.id, kind: "missing", state: "repaired" },
    });
    expect(await stripeCoverage()).toMatchObject({ missing: 0, repaired_24h: 2, open: {} });
  });

  test.each([
    ["neither findings nor all", {}],
    ["both", { all: true, finding_ids: ["fi_1"] }],
    ["a finding that is no id", { finding_ids: ["nonsense"] }],
    ["no reason", { all: true, reason: undefined }],
  ])("without a clear request (%s) does nothing and names the field", async (_what, body) => {
    await history(1, () => false);
    const run = await checked();
    const answer = await ask("POST", `/api/reconciliations/${run.id}/back-fill`, { reason: "a test", ...body });
    expect([answer.status, answer.body.field]).toEqual([400, expect.stringMatching(/finding_ids|reason/)]);
    expect((await desk.sql`select from events`).length).toBe(0);
  });
});

describe("coverage", () => {
  test("counts an event that several runs found once, and says when the oldest is gone for ever", async () => {
    await history(5, (n) => n > 2);
    await checked();
    await checked();
    const coverage = await stripeCoverage();
    expect(coverage).toMatchObject({
      ...{ missing: 3, open: { missing: 3 }, horizon_days: 30, is_on: true, in_use: true, running: null },
      credentials: {
        from: "environment",
        is_complete: true,
        fields: [{ value: "…1234", variable: "LOG_PROVIDER_KEY" }],
      },
    });
    const oldest = NOW - 600 - 2 * 60;
    expect(coverage?.oldest_missing_at).toBe(new Date(oldest * 1000).toISOString().replace(/\.(\d+)Z/, ".$1000Z"));
    expect(coverage?.lost_at).toBe(new Date((oldest + 30 * 86_400) * 1000).toISOString());
    expect((await ask("GET", "/api/rail")).body).toMatchObject({ missing: 3, repaired_24h: 0 });
  });

  test("what is missing now leads to the run that shows it, also after a newer run that found nothing", async () => {
    await history(5, (n) => n > 2);
    const found = await checked();
    const newer = await checked({ types: ["customer.deleted"] });
    const coverage = await stripeCoverage();
    expect(coverage?.last_run?.id).toBe(newer.id);
    expect(coverage).toMatchObject({ missing: 3, open_run_id: found.id });
  });

  test("a source without a key is off and says which key it needs; a provider without a client is listed, too", async () => {
    delete process.env.LOG_PROVIDER_KEY;
    expect(await stripeCoverage()).toMatchObject({
      is_on: false,
      credentials: { from: null, is_complete: false, rights: "A key that reads events." },
    });
    const before = stripe.api;
    delete stripe.api;
    expect(await stripeCoverage()).toMatchObject({ coverage: null, credentials: null, is_on: false });
    const answer = await ask("POST", "/api/reconciliations", { provider_slug: "stripe", ...lastHours(1) });
    expect([answer.status, answer.body.field]).toEqual([400, "provider_slug"]);
    stripe.api = before;
  });
});

describe("API keys", () => {
  const path = "/api/coverage/stripe/credentials";

  test("are stored encrypted, shown by how they end, used instead of the environment, and removed", async () => {
    const secret = "rk_live_of_the_console_9876";
    const saved = await ask("PUT", path, { fields: { key: secret } });
    expect(saved).toMatchObject({ status: 200, body: { from: "console", fields: [{ value: "…9876" }] } });
    sourceApi.credentialState.parse(saved.body);
    const log = await desk.sql`select * from staff_actions order by id`;
    const stored = await desk.sql`select * from api_credentials`;
    for (const text of [saved.text, (await ask("GET", path)).text, JSON.stringify(log), JSON.stringify(stored)]) {
      expect(text).not.toContain(secret);
    }
    expect(log.at(-1)).toMatchObject({ action: "api_key.set", subject: "stripe", details: { fields: ["key"] } });
    await history(1, () => false);
    await checked();
    expect(new Set(provider.requests.map(({ query }) => query.get("key")))).toEqual(new Set([secret]));
    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("GET", path)).body).toMatchObject({ from: "environment" });
    expect((await ask("DELETE", path)).status).toBe(404);
  });

  test("of a source are its own: it has none of the environment, and the schedule finds it once they are entered", async () => {
    const { body: source } = await ask("POST", "/api/sources", { provider: "stripe", name: "Of Acme" });
    const withApi = findProviderWithApi("stripe") as ProviderWithApi;
    const number = Number(source.id.slice(3));
    expect(await accountOf(withApi, number)).toBeUndefined();
    expect(await listAccounts()).toEqual([{ provider: withApi, sourceId: null }]);
    await ask("PUT", path, { source_id: source.id, fields: { key: "of-the-source-5555" } });
    expect((await accountOf(withApi, number))?.credentials).toEqual({ key: "of-the-source-5555" });
    expect(await listAccounts()).toContainEqual({ provider: withApi, sourceId: number });
    // A ciphertext that is copied to another source cannot be opened there.
    await desk.sql`insert into api_credentials (provider, fields) select provider, fields from api_credentials`;
    const answer = await ask("POST", `${path}/test`, {});
    expect([answer.status, answer.body.detail]).toEqual([503, expect.stringContaining("enter the API key again")]);
  });

  test("are tested before and after they are stored: a wrong one is an answer, noted with the key and in the log", async () => {
    provider.misbehave = (request, response) => {
      if (new URL(request.url ?? "", "http://x").pathname !== "/events") return false;
      response.writeHead(403, { "request-id": "req_refused" }).end("{}");
      return true;
    };
    const typed = await ask("POST", `${path}/test`, { fields: { key: "typed-and-not-stored" } });
    expect(typed).toMatchObject({
      status: 200,
      body: { works: false, kind: "forbidden", problem: expect.stringContaining("lacks a right") },
    });
    expect((await desk.sql`select from api_credentials`).length).toBe(0);
    await ask("PUT", path, { fields: { key: KEY } });
    await ask("POST", `${path}/test`, {});
    expect((await ask("GET", path)).body).toMatchObject({ problem: expect.stringContaining("403") });
    provider.misbehave = () => false;
    expect((await ask("POST", `${path}/test`, {})).body).toMatchObject({ works: true, problem: null });
    expect((await ask("GET", path)).body).toMatchObject({ problem: null, tested_at: expect.any(String) });
    const noted = await desk.sql`select status_code, provider_request_id, reconciliation_id from api_requests`;
    expect(noted[0]).toEqual({ status_code: 403, provider_request_id: "req_refused", reconciliation_id: null });
  });

  test.each([
    ["an unknown field", { nosuch: "x" }, "fields.nosuch"],
    ["a missing one", {}, "fields.key"],
    ["one of Object's own", { constructor: "x" }, "fields.constructor"],
  ])("with %s are refused, and the field is named", async (_what, fields, field) => {
    const answer = await ask("PUT", path, { fields });
    expect([answer.status, answer.body.field]).toEqual([400, field]);
  });

  test("without an encryption key cannot be stored, and the way out is named", async () => {
    const { ENCRYPTION_KEY } = process.env;
    delete process.env.ENCRYPTION_KEY;
    const answer = await ask("PUT", path, { fields: { key: KEY } });
    process.env.ENCRYPTION_KEY = ENCRYPTION_KEY;
    expect([answer.status, answer.body.detail]).toEqual([503, expect.stringContaining("openssl rand")]);
  });
});

test("A schedule is changed field by field, within its bounds, and a shorter interval begins at once", async () => {
  const path = "/api/coverage/stripe/watch";
  const changed = await ask("PATCH", path, { every_seconds: 120, back_fills: true });
  expect(coverage.watch.parse(changed.body)).toMatchObject({
    every_seconds: 120,
    window_seconds: 3600,
    back_fills: true,
  });
  expect(Date.parse(changed.body.next_run_at)).toBeLessThan(Date.now() + 121_000);
  expect((await ask("PATCH", path, { enabled: false })).body).toMatchObject({ enabled: false, every_seconds: 120 });
  expect(await stripeCoverage()).toMatchObject({ is_on: false, watch: { enabled: false } });
  for (const wrong of [{ every_seconds: 1 }, { window_seconds: 9e9 }, { enabled: "yes" }]) {
    expect((await ask("PATCH", path, wrong)).status).toBe(400);
  }
  const actions = await desk.sql`select details from staff_actions where action = 'watch.update' order by id`;
  expect(actions.at(-1)?.details).toEqual({ provider: "stripe", enabled: false });
});

test("One event is asked for at its provider; a provider that does not answer is 502 with its reason", async () => {
  await history(2, () => true);
  const [row] = await desk.sql`select id from events where event_key = 'evt_1'`;
  const found = await ask("POST", `/api/webhooks/events/we_${row?.id}/check`);
  expect(findings.eventCheck.parse(found.body)).toMatchObject({ found: true, same_key: true, asked_for: "evt_1" });
  provider.events.length = 0;
  expect((await ask("POST", `/api/webhooks/events/we_${row?.id}/check`)).body).toMatchObject({ found: false });
  provider.misbehave = (_request, response) => {
    response.writeHead(401).end("{}");
    return true;
  };
  const failed = await ask("POST", `/api/webhooks/events/we_${row?.id}/check`);
  expect(failed).toMatchObject({ status: 502, body: { kind: "unauthorised", detail: expect.stringContaining("401") } });
  expect((await ask("POST", "/api/webhooks/events/we_999999/check")).status).toBe(404);
});

test("The provider's configuration is read, repaired once, and the repair is in the audit log before it is done", async () => {
  const path = "/api/coverage/stripe/configuration";
  const read = await ask("GET", path);
  expect(sourceApi.configurationAnswer.parse(read.body).problems).toEqual([
    {
      ...{ code: "endpoint_disabled", title: "The endpoint is disabled.", repair: "Enable it" },
      way_out: "Enable http://desk.test/api/webhooks/stripe.",
    },
  ]);
  expect((await ask("POST", `${path}/repair`, { code: "nosuch" })).status).toBe(404);
  expect((await ask("POST", `${path}/repair`, { code: "endpoint_disabled" })).body.problems).toEqual([]);
  expect((await ask("POST", `${path}/repair`, { code: "endpoint_disabled" })).status).toBe(404);
  const [action] = await desk.sql`select subject, details from staff_actions where action like '%repair'`;
  expect(action).toMatchObject({ subject: "stripe", details: { code: "endpoint_disabled", what: "Enable it" } });
});

describe("runbook 000's reconciliation of campaigns and leads", () => {
  const path = "/api/internal/reconciliation/campaigns-leads";
  const smartlead = findProvider("smartlead") as Provider;
  let own: ProviderApi | undefined;
  beforeEach(() => {
    own = smartlead.api;
    installApi(smartlead, api, provider);
  });

  test("answers 200 with the result when its runs end in time, verbatim with the request's id", async () => {
    const { body: source } = await ask("POST", "/api/sources", {
      ...{ provider: "smartlead", name: "Of Acme", organisation_id: "org_acme", company_id: "company_42" },
    });
    await ask("PUT", "/api/coverage/smartlead/credentials", { source_id: source.id, fields: { key: KEY } });
    provider.events.push({
      id: "sl_1",
      type: "EMAIL_REPLY",
      created: NOW - 3_600,
      body: { event_type: "EMAIL_REPLY" },
    });
    const asked = { provider_slug: "smartlead", org_id: "org_acme", company_id: "company_42", dry_run: true };
    const [answer] = await Promise.all([
      ask("POST", path, asked, { "x-request-id": "incident-000" }),
      workWhileAsked(),
    ]);
    expect(answer.status).toBe(200);
    expect(campaignsLeads.campaignsLeadsAnswer.parse(answer.body)).toMatchObject({
      ...{ ...asked, status: "completed", missing: 1, drifted: 0, repaired: 0, request_id: "incident-000" },
      ...{ campaigns: { compared: expect.any(Number) }, leads: { compared: 1 }, provider_errors: {} },
    });
    const week = Date.parse(answer.body.to_ts) - Date.parse(answer.body.from_ts);
    expect(Math.round(week / 86_400_000)).toBe(7);
    smartlead.api = own;
  });

  test("counts the provider's errors by kind, and refuses other providers by the field", async () => {
    provider.misbehave = (_request, response) => {
      response.writeHead(401).end("{}");
      return true;
    };
    const [answer] = await Promise.all([ask("POST", path, { provider_slug: "smartlead" }), workWhileAsked()]);
    expect(answer.body).toMatchObject({ status: "failed", counts_are: "at_least" });
    expect(Object.keys(answer.body.provider_errors)).toEqual(["unauthorised"]);
    const other = await ask("POST", path, { provider_slug: "stripe" });
    expect([other.status, other.body.field]).toEqual([400, "provider_slug"]);
    smartlead.api = own;
  });

  /** As the worker does, until the run that is asked for meanwhile has ended. */
  async function workWhileAsked(): Promise<void> {
    for (;;) {
      const [run] = await desk.sql`select status from reconciliations order by id desc limit 1`;
      if (run) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await workOnRuns(desk.sql);
  }
});
