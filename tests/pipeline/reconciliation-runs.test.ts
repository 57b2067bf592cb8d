/**
 * A run asks the provider what should be here, and finds exactly what is not, whatever goes wrong while it reads.
 * Long because one provider and desk serve all of it.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { cancelReconciliation, createReconciliation } from "@/lib/commands/reconciliations";
import { call } from "@/lib/db/client";
import { findProvider } from "@/lib/providers";
import { ApiFailure } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { readWindow } from "@/lib/reconciliation/window";
import { ada } from "../support/actor";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { installApi, type LogProvider, logApi, startLogProvider } from "../support/log-provider";
import { getRun, lastHours, reconcile, workOnRuns } from "../support/reconciling";

const NOW = Math.floor(Date.now() / 1000);
const stripe = findProvider("stripe") as Provider;

let desk: Desk;
let provider: LogProvider;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts, replays, replay_items, businesses, subscriptions,
    rejections, reconciliations, api_budgets, watches cascade`;
  await provider?.close();
  provider = await startLogProvider();
  installApi(stripe, logApi, provider);
});
afterAll(() => provider.close());

/** Event `n` of the log, `minutes` ago. */
function logged(n: number, minutes = 100) {
  const created = NOW - minutes * 60;
  const event = stripeEvent({ id: `evt_${n}`, created, subscription: `sub_${n}`, customer: `cus_${n}` });
  return { id: event.id, type: event.type, created, body: event };
}

/** The provider has `count` events, spread over five hours; those for which `arrives` is false did not come. */
async function history(count: number, arrives: (n: number) => boolean): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const event = logged(n, 2 + (n * 290) / count);
    provider.events.push(event);
    if (arrives(n)) expect((await send("stripe", event.body)).status).toBe(200);
  }
}

const findings = async (kind = "missing") =>
  (await desk.sql`select identity from findings where kind = ${kind} order by identity`).map(
    ({ identity }) => identity,
  );

test("5 % of the events were dropped: the run finds exactly those, and counts each once", async () => {
  const dropped = (n: number) => n % 20 === 7;
  await history(400, (n) => !dropped(n));
  const run = await reconcile(desk.sql);
  expect(run).toMatchObject({ status: "completed", reason: null, dry_run: true, started_by: "person" });
  expect(run.counts).toMatchObject({ provider: 400, received: 380, missing: 20, rejected: 0, undelivered: 0, late: 0 });
  expect(await findings()).toEqual(
    Array.from({ length: 20 }, (_, n) => `evt_${n * 20 + 7}`).toSorted((a, b) => a.localeCompare(b)),
  );
  // Read in parts, and every request is kept, without the key.
  expect(run.windows.total).toBe(5);
  expect(run.requests).toBe(provider.requests.length);
  const [request] = await desk.sql`select url, status_code, provider_request_id, entries from api_requests order by id`;
  expect(request).toMatchObject({ status_code: 200, provider_request_id: "req_1" });
  expect(request?.url).toContain("key=***");
  expect(JSON.stringify(await desk.sql`select * from api_requests`)).not.toContain("log-provider-key");
  expect(await desk.sql`select from reconciliation_entries`).toHaveLength(0);
});

test("What is on several pages, or in the overlap before the span, counts once or not at all", async () => {
  await provider.close();
  provider = await startLogProvider({ perPage: 3 });
  // Walks every page twice, as a client does whose list shifted while it was read.
  installApi(
    stripe,
    {
      ...logApi,
      async list(session, window, cursor) {
        const { round = 0, after = null } = (cursor ?? {}) as { round?: number; after?: number | null };
        const page = await logApi.list(session, window, after);
        if (page.next !== null) return { ...page, next: { round, after: page.next } };
        return { ...page, next: round === 0 ? { round: 1, after: 0 } : null };
      },
    },
    provider,
  );
  const span = {
    from_ts: new Date((NOW - 3000) * 1000).toISOString(),
    to_ts: new Date((NOW - 600) * 1000).toISOString(),
  };
  provider.events.push(...Array.from({ length: 10 }, (_, n) => logged(n, 20 + n)));
  // Within the lookback, and at the exclusive end.
  provider.events.push({ ...logged(90), created: NOW - 3030 }, { ...logged(91), created: NOW - 600 });
  const run = await reconcile(desk.sql, span);
  expect(run.counts).toMatchObject({ provider: 10, received: 0, missing: 10 });
  expect(provider.requests.length).toBeGreaterThan(6);
});

test("What was rejected, is dead, or can only be named, is no missing event: each is its own finding, with its reason", async () => {
  const at = (n: number) => logged(n);
  provider.events.push(at(1), at(2), at(3), { ...at(4), unrecoverable: "Stripe keeps no content of it." });
  // Authentic, and too old when it came.
  expect((await send("stripe", at(1).body, { at: NOW - 4_000 })).status).toBe(400);
  // Its rows cannot be written.
  const broken = {
    ...at(2),
    body: stripeEvent({ id: "evt_2", created: at(2).created, object: { customer: 7, id: 5 } }),
  };
  await send("stripe", broken.body);
  await workUntilIdle();
  await send("stripe", at(3).body);
  await workUntilIdle();

  // Its secret was rolled here and not there, so nothing could be verified but what its bytes say.
  const rolled = { ...at(5), id: "evt_rolled_secret", body: { ...at(5).body, id: "evt_rolled_secret" } };
  provider.events.push(rolled);
  expect((await send("stripe", rolled.body, { secret: "whsec_another1234567890" })).status).toBe(400);

  const run = await reconcile(desk.sql);
  expect(run.counts).toMatchObject({
    ...{ provider: 5, received: 2, missing: 0, rejected: 2, undelivered: 1, unrecoverable: 1 },
  });
  const [rejected] = await desk.sql`
    select f.detail, f.body is not null as has_body, j.reason from findings f join rejections j on j.id = f.rejection_id
    where f.kind = 'rejected' order by f.identity`;
  expect(rejected).toMatchObject({ reason: "stale", has_body: true, detail: expect.stringContaining("older than") });
  expect(await findings("undelivered")).toEqual(["evt_2"]);
  const [named] = await desk.sql`select detail, body from findings where kind = 'unrecoverable'`;
  expect(named).toEqual({ detail: "Stripe keeps no content of it.", body: null });
});

test("What the provider was not told to send is not missing; a key that may not read the configuration fails no run", async () => {
  process.env.PUBLIC_URL = "https://desk.example";
  provider.events.push(logged(1), { ...logged(2), type: "charge.refunded" });
  const asked: string[] = [];
  installApi(
    stripe,
    {
      ...logApi,
      async configuration(_session, endpointUrl) {
        asked.push(endpointUrl);
        return { subscribedTypes: ["customer.*"], problems: [{ code: "x", title: "X.", wayOut: "Y." }] };
      },
    },
    provider,
  );
  const run = await reconcile(desk.sql);
  expect(run.counts).toMatchObject({ missing: 1, not_subscribed: 1 });
  expect(asked).toEqual(["https://desk.example/api/webhooks/stripe"]);
  expect(await findings("not_subscribed")).toEqual(["evt_2"]);

  installApi(
    stripe,
    {
      ...logApi,
      async configuration() {
        throw new ApiFailure("forbidden", "Stripe answered 403: the key lacks a right.", 403);
      },
    },
    provider,
  );
  expect(await reconcile(desk.sql)).toMatchObject({ status: "completed", counts: { missing: 2, not_subscribed: 0 } });
  const [last] = await desk.sql`select configuration from reconciliations order by id desc limit 1`;
  expect(last?.configuration.note).toBe("Stripe answered 403: the key lacks a right.");
  delete process.env.PUBLIC_URL;
});

test("A part that cannot be read makes the run partial, with the reason; when no part can, it failed", async () => {
  await history(60, () => false);
  // The key is rolled while it reads.
  const broken = (query: URLSearchParams) => Number(query.get("from")) < NOW - 4 * 3600;
  provider.misbehave = (_request, response, query) => {
    if (!broken(query)) return false;
    response.writeHead(401).end("{}");
    return true;
  };
  const run = await reconcile(desk.sql);
  expect(run).toMatchObject({ status: "partial", reason: "Stripe answered 401: the key is not valid any more." });
  expect(run.windows).toMatchObject({ failed: 2, done: 3 });
  expect(run.counts.missing).toBeGreaterThan(10);
  expect(run.counts.missing).toBeLessThan(60);

  provider.misbehave = (_request, response) => Boolean(response.writeHead(200).end('{"object":"list"}'));
  const other = await reconcile(desk.sql);
  // A page without its list is no empty list.
  expect(other).toMatchObject({
    status: "failed",
    reason: "The answer has no list of events.",
    counts: { missing: 0 },
  });
});

test("A window that has more than the provider lists is read in halves, and nothing of it counts twice", async () => {
  await provider.close();
  provider = await startLogProvider({ perPage: 5, most: 12 });
  installApi(stripe, logApi, provider);
  await history(100, (n) => n % 10 !== 3);
  const run = await reconcile(desk.sql);
  expect(run).toMatchObject({ status: "completed", counts: { provider: 100, received: 90, missing: 10 } });
  const windows = await desk.sql`
    select status, count(*)::int from reconciliation_windows group by 1 order by 1`;
  expect(windows.map(({ status }) => status)).toEqual(["done", "split"]);
  expect(run.windows.total).toBeGreaterThan(8);

  // More within a second than it lists: said, not guessed.
  provider.events = Array.from({ length: 13 }, (_, n) => ({ ...logged(n), created: NOW - 600 }));
  const from_ts = new Date((NOW - 601) * 1000).toISOString();
  const to_ts = new Date((NOW - 598) * 1000).toISOString();
  expect(await reconcile(desk.sql, { from_ts, to_ts })).toMatchObject({
    reason: "More happened within one second than the provider lists.",
  });
});

test("429 with Retry-After holds the whole account for as long; without it, it is asked again later, and nothing is lost", async () => {
  await history(30, () => false);
  let refused = 0;
  provider.misbehave = (_request, response) => {
    refused += 1;
    if (refused > 2) return false;
    response.writeHead(429, refused === 1 ? { "retry-after": "2" } : {}).end();
    return true;
  };
  const started = Date.now();
  const run = await reconcile(desk.sql);
  expect(run).toMatchObject({ status: "completed", counts: { provider: 30, missing: 30 } });
  // Both pauses: 2 s as wished, and at least one of its own.
  expect(Date.now() - started).toBeGreaterThan(3_000);
  const [first, second] = provider.requests;
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_950);
  const problems = await desk.sql`select problem from api_requests where problem is not null`;
  expect(problems).toEqual(Array(2).fill({ problem: "Stripe answered 429: too many requests." }));
});

test("After eight failures in a row a window is given up; a failure in between is forgotten", async () => {
  const run = await createReconciliation({ provider_slug: "stripe", ...lastHours(0.5) }, ada);
  const failWindow = async (problem: string) => {
    await desk.sql`update reconciliation_windows set due_at = now_()`;
    const [window] = await call("pipeline", "claim_windows", { p_worker: "w", p_limit: 1, p_lease_seconds: 30 });
    const id = window?.id ?? 0;
    const args = { p_window: id, p_fence: window?.fence ?? 0, p_problem: problem, p_retry_ms: 0, p_counts: true };
    return call("pipeline", "fail_window", args);
  };
  for (let n = 0; n < 8; n += 1) expect(await failWindow(`failure ${n}`)).toBe(true);
  await workOnRuns(desk.sql);
  expect(await getRun(desk.sql, run.id)).toMatchObject({ status: "failed", reason: "failure 7" });
});

test("Two workers share one budget, whatever the provider's limit: requests keep its pace over both", async () => {
  await history(120, () => true);
  await provider.close();
  const events = provider.events;
  provider = await startLogProvider({ perPage: 4 });
  provider.events = events;
  installApi(stripe, { ...logApi, budget: { requests: 20, perSeconds: 1 } }, provider);
  await createReconciliation({ provider_slug: "stripe", ...lastHours(6) }, ada);
  await createReconciliation({ provider_slug: "stripe", ...lastHours(6) }, ada);
  await Promise.all([workOnRuns(desk.sql, "one"), workOnRuns(desk.sql, "two")]);
  const times = provider.requests.map(({ at }) => at).toSorted((a, b) => a - b);
  expect(times.length).toBeGreaterThan(60);
  // 50 ms from one to the next over both: two budgets would take half the time. A busy machine moves single requests.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan((times.length - 1) * 50 * 0.8);
});

test("A page of a worker that lost its window is refused, so that nothing is recorded twice", async () => {
  await history(10, () => false);
  const span = lastHours(6);
  await createReconciliation({ provider_slug: "stripe", ...span }, ada);
  const claimOne = () => call("pipeline", "claim_windows", { p_worker: "w", p_limit: 8, p_lease_seconds: 1 });
  const [slow] = await claimOne();
  if (!slow) throw new Error("Nothing was claimed.");
  await desk.sql`update reconciliation_windows set lease_until = now_() - interval '1 second'`;
  const [again] = await claimOne();
  expect(again).toMatchObject({ id: slow.id, fence: slow.fence + 1 });
  await readWindow(slow, new AbortController().signal);
  expect(await desk.sql`select from findings`).toHaveLength(0);
  await desk.sql`update reconciliation_windows set lease_until = null`;
  await workOnRuns(desk.sql);
  expect(await desk.sql`select from findings`).toHaveLength(10);
});

test("A cancelled run stops, keeps what it found, and is not cancelled twice", async () => {
  await history(10, () => false);
  const run = await createReconciliation({ provider_slug: "stripe", ...lastHours(6) }, ada);
  const ended = await cancelReconciliation(run.id, ada);
  expect(ended).toMatchObject({ status: "cancelled", reason: "Cancelled by Ada." });
  expect(await call("pipeline", "claim_windows", { p_worker: "w", p_limit: 8, p_lease_seconds: 9 })).toEqual([]);
  await expect(cancelReconciliation(run.id, ada)).rejects.toMatchObject({ code: "reconciliation_ended" });
});

test("A run is refused with its reason: no key, no API, nothing due yet, before the horizon, a source that is not theirs", async () => {
  const ask = (input: object, by = ada as Parameters<typeof createReconciliation>[1]) =>
    createReconciliation({ provider_slug: "stripe", ...lastHours(1), ...input }, by);
  await expect(ask(lastHours(0.01))).rejects.toMatchObject({ code: "empty_span" });
  await expect(ask(lastHours(24 * 40))).rejects.toMatchObject({ code: "beyond_horizon" });
  await expect(ask({ provider_slug: "platform" })).rejects.toMatchObject({ code: "no_provider_api" });
  await expect(ask({ source_id: "so_999" })).rejects.toMatchObject({ code: "no_such_source" });
  const limited = { ...ada, actor: { ...ada.actor, organisations: ["acme"] } };
  await expect(ask({}, limited)).rejects.toMatchObject({ code: "beyond_scope" });
  const support = { ...ada, actor: { ...ada.actor, role: "support" as const } };
  await expect(ask({ dry_run: false }, support)).rejects.toMatchObject({ code: "repairs_need_right" });
  // Its end is cut to what is due.
  const run = await ask({});
  expect(Date.parse(run.to_ts)).toBeLessThanOrEqual(Date.now() - 59_000);
  delete process.env.LOG_PROVIDER_KEY;
  await expect(ask({})).rejects.toMatchObject({ code: "no_api_key", data: { variables: ["LOG_PROVIDER_KEY"] } });
});
