/**
 * Runbook 000 (OutboundEngine: webhook incident recovery) from its first to its last step, curl by curl, on a started app and
 * a Smartlead that it asks: two webhooks never came, and rows of one that did were lost.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { curl } from "../support/curl";
import { tokenFor, until } from "../support/processes";
import type { Expected, StartedProvider } from "../support/provider-apis/row";
import { row } from "../support/provider-apis/rows/smartlead";
import { openApp, type SharedApp } from "../support/shared-app";

const REQ_ID = "incident-1796036400";
const ORG = "org_acme";
const COMPANY = "co_1";
const HOUR_MS = 3_600_000;
const LOST = [3, 6];
/** Each reply answers a mail of the day before, whose webhook never came either. */
const MAILS_BEFORE = 5;
const MISSING = LOST.length + MAILS_BEFORE;

let app: SharedApp;
let smartlead: StartedProvider;
let SA_TOKEN: string;
let expected: Expected[];

beforeAll(async () => {
  smartlead = await row.start();
  app = await openApp({ SMARTLEAD_API_URL: smartlead.fake.url });
  SA_TOKEN = await tokenFor("super_admin");
  const first = Math.floor((Date.now() - 5 * HOUR_MS) / 1000) * 1000;
  expected = smartlead.seed(Array.from({ length: 10 }, (_, n) => new Date(first + n * 60_000)));
}, 400_000);
afterAll(async () => {
  await app?.close();
  await smartlead?.fake.close();
});

const ask = (method: "GET" | "POST" | "PUT", path: string, json?: unknown) =>
  curl(method, `${app.url}${path}`, { token: SA_TOKEN, json, headers: [`X-Request-ID: ${REQ_ID}`] });
const list = async (query: string) => (await ask("GET", `/api/webhooks/events?${query}`)).body.events;
const rows = () =>
  app.sql`select 'lead' as kind, to_jsonb(l) ->> 'lead_id' as id from leads l
    union all select 'message', message_id from messages order by 1, 2`;
const reconcile = (more: object) =>
  ask("POST", "/api/internal/reconciliation/campaigns-leads", {
    provider_slug: "smartlead",
    org_id: ORG,
    company_id: COMPANY,
    ...more,
  });
/** A run that has to wait for the provider's limit is answered with 202 after 25 s, and read again by its id. */
async function ended(answer: { status: number; body: { reconciliation_ids: string[] } }) {
  expect([200, 202]).toContain(answer.status);
  const run = async () => (await ask("GET", `/api/reconciliations/${answer.body.reconciliation_ids[0]}`)).body;
  await until("the run has ended", async () => !["queued", "running"].includes((await run()).status));
  return run();
}

test("an incident is recovered: found, replayed, reconciled, verified, and what to escalate with is there", async () => {
  // The desk knows the organisation's endpoint, and has a key to ask with.
  const source = await ask("POST", "/api/sources", {
    provider: "smartlead",
    name: "Acme",
    organisation_id: ORG,
    company_id: COMPANY,
  });
  expect(source.status).toBe(201);
  const fields = { api_key: smartlead.credentials.api_key };
  const source_id = source.body.id;
  expect((await ask("PUT", "/api/coverage/smartlead/credentials", { source_id, fields })).status).toBe(200);
  const tested = await ask("POST", "/api/coverage/smartlead/credentials/test", { source_id });
  expect(tested.body).toMatchObject({ works: true, problem: null });
  for (const [n, { webhook }] of expected.entries()) {
    if (LOST.includes(n)) continue;
    const body = new Uint8Array((webhook as { body: Buffer }).body);
    const url = source.body.full_url.replace(/^https?:\/\/[^/]+/, app.url);
    expect((await fetch(url, { method: "POST", body })).status).toBe(200);
  }
  const scope = `provider_slug=smartlead&org_id=${ORG}&company_id=${COMPANY}`;
  await until("what came is processed", async () => (await list(`${scope}&status=processed`)).length === 8);
  const before = await rows();

  // 2) List candidate events.
  const [newest] = await list(`${scope}&limit=200`);
  expect(newest).toMatchObject({ status: "processed", replay_count: 0, last_error: null });
  const replies = await list(`${scope}&event_type=reply&limit=200`);
  expect(replies.length).toBeGreaterThan(0);
  expect(new Set(replies.map((one: { event_type: string }) => one.event_type))).toEqual(new Set(["EMAIL_REPLY"]));

  // 3) Replay: the rows of what came were lost.
  await app.sql`delete from messages`;
  await app.sql`delete from leads`;
  const { event_key: key } = replies[0];
  const single = await ask("POST", `/api/webhooks/replay/smartlead/${encodeURIComponent(key)}`);
  expect([single.status, single.body.status]).toEqual([200, "replayed"]);
  expect((await list(`${scope}&q=${key}`))[0]).toMatchObject({ status: "replayed", replay_count: 1 });
  const chosen = (await list(scope)).slice(0, 3).map((event: { event_key: string }) => event.event_key);
  const bulk = await ask("POST", "/api/webhooks/replay-bulk", { provider_slug: "smartlead", event_keys: chosen });
  expect(bulk.status).toBe(202);
  const window = { from_ts: new Date(Date.now() - HOUR_MS).toISOString(), to_ts: new Date().toISOString() };
  const query = { provider_slug: "smartlead", org_id: ORG, company_id: COMPANY, ...window, limit: 200 };
  expect((await ask("POST", "/api/webhooks/replay-query", query)).status).toBe(202);
  await until("the rows are back", async () => (await rows()).length === before.length);
  expect(await rows()).toEqual(before);

  // 4) Verify: two are still missing, which only the provider can say.
  const dry = await reconcile({ dry_run: true });
  expect([dry.status, dry.body.request_id]).toEqual([200, REQ_ID]);
  expect(dry.body).toMatchObject({ status: "completed", missing: MISSING, repaired: 0, provider_errors: {} });
  expect(dry.body.campaigns.compared).toBeGreaterThan(0);
  expect(dry.body.leads.compared).toBeGreaterThanOrEqual(10);
  const run = dry.body.reconciliation_ids[0];
  const found = await ask("GET", `/api/reconciliations/${run}/findings?kind=missing`);
  expect(found.body.findings).toHaveLength(MISSING);
  expect(found.body.findings.map((one: { logical_key: string }) => one.logical_key)).toEqual(
    expect.arrayContaining(LOST.map((n) => expected[n]?.key)),
  );
  const repaired = await ended(await reconcile({ dry_run: false }));
  expect(repaired).toMatchObject({ status: "completed", counts: { missing: 0, repaired: MISSING } });
  expect((await rows()).length).toBeGreaterThan(before.length);
  const again = await ended(await reconcile({ dry_run: false }));
  expect(again).toMatchObject({ status: "completed", counts: { missing: 0, drifted: 0, repaired: 0 } });
  expect(await list(`${scope}&status=failed,dead`)).toEqual([]);
  expect(await list(`${scope}&limit=200`)).toHaveLength(10 + MAILS_BEFORE);

  // 5) Escalation: the provider refuses the key, and the answer says so instead of "0 missing".
  smartlead.rollKey();
  const refused = await reconcile({ dry_run: true });
  expect(refused.body).toMatchObject({ status: "failed", counts_are: "at_least" });
  expect(refused.body.reason).toContain("401");
  expect(refused.body.provider_errors.unauthorised).toBeGreaterThan(0);
  const asked = await ask("GET", `/api/reconciliations/${refused.body.reconciliation_ids[0]}/requests`);
  expect(JSON.stringify(asked.body)).not.toContain(fields.api_key);
  expect(asked.body.requests[0]).toMatchObject({ status_code: 401, provider_request_id: expect.any(String) });
}, 180_000);
