/** Which runs start by themselves, who may see and use them, and what a request to be forgotten does to what they found. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { backFill, cancelReconciliation, createReconciliation } from "@/lib/commands/reconciliations";
import { runTick } from "@/lib/pipeline/worker";
import { findProvider } from "@/lib/providers";
import type { Provider } from "@/lib/providers/provider";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { startDueRuns } from "@/lib/reconciliation/watches";
import { ada } from "../support/actor";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { installApi, type LogProvider, logApi, startLogProvider } from "../support/log-provider";
import { deliverAndSettle, getRun, lastHours, workOnRuns } from "../support/reconciling";

const NOW = Math.floor(Date.now() / 1000);

let desk: Desk;
let provider: LogProvider;
beforeAll(async () => {
  desk = await openDesk();
  provider = await startLogProvider({ perPage: 2 });
});
afterAll(async () => {
  await provider.close();
  await desk.close();
});
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts, replays, replay_items, rejections, reconciliations,
    findings, watches, privacy_requests cascade`;
  provider.events = [];
  provider.misbehave = () => false;
  installApi(findProvider("stripe") as Provider, logApi, provider);
});

const runs = () =>
  desk.sql<{ minutes: number; started_by: string; dry_run: boolean; wait: number }[]>`
    select round(extract(epoch from to_ts - from_ts) / 60)::int as minutes, started_by, dry_run,
      round(extract(epoch from created_at - to_ts))::int as wait
    from reconciliations order by id`;
const due = () => desk.sql`update watches set next_run_at = now_() - interval '1 second'`;

test("Every source with a key is checked by default: the hour before the wait every 15 minutes, three days once a day", async () => {
  expect(await startDueRuns()).toBe(1);
  expect(await runs()).toMatchObject([{ minutes: 3 * 1440, started_by: "schedule", dry_run: true, wait: 60 }]);
  // Not before 15 minutes have passed, and not while it is under way.
  expect(await startDueRuns()).toBe(0);
  await due();
  expect(await startDueRuns()).toBe(0);
  await workOnRuns(desk.sql);
  const [watch] = await desk.sql`
    select every_seconds, covered_until = (select to_ts from reconciliations) as is_covered,
      next_daily_run_at > now_() + interval '23 hours' as is_tomorrow from watches`;
  expect(watch).toEqual({ every_seconds: 900, is_covered: true, is_tomorrow: true });
  expect(await startDueRuns()).toBe(1);
  expect((await runs())[1]).toMatchObject({ minutes: 60, started_by: "schedule" });
  // What a schedule starts every few minutes does not fill the audit log.
  expect(await desk.sql`select from staff_actions where action like 'reconciliation%'`).toHaveLength(0);
});

test("After a downtime the run reads all of the downtime; a run that leaves a gap or is not complete moves nothing", async () => {
  await desk.sql`
    insert into watches (provider, covered_until, next_daily_run_at, back_fills)
    values ('stripe', now_() - interval '5 hours', now_() + interval '1 day', true)`;
  expect(await startDueRuns()).toBe(1);
  const [run] = await runs();
  expect(run).toMatchObject({ started_by: "downtime", dry_run: false });
  expect(run?.minutes).toBe(299);
  const covered = async () =>
    (await desk.sql`select round(extract(epoch from now_() - covered_until) / 60)::int as ago from watches`)[0]?.ago;
  provider.misbehave = (_request, response) => Boolean(response.writeHead(401).end());
  await workOnRuns(desk.sql);
  expect(await covered()).toBe(300);

  provider.misbehave = () => false;
  await createReconciliation({ provider_slug: "stripe", ...lastHours(1) }, ada);
  await workOnRuns(desk.sql);
  expect(await covered()).toBe(300);
  await due();
  expect(await startDueRuns()).toBe(1);
  await workOnRuns(desk.sql);
  expect(await covered()).toBeLessThan(3);
});

test("Without a key, or switched off, a source has no schedule", async () => {
  delete process.env.LOG_PROVIDER_KEY;
  expect(await startDueRuns()).toBe(0);
  expect(await desk.sql`select from watches`).toHaveLength(0);
  process.env.LOG_PROVIDER_KEY = "log-provider-key-1234";
  await desk.sql`insert into watches (provider, enabled) values ('stripe', false)`;
  expect(await startDueRuns()).toBe(0);
});

test("Cron ticks work on a run in bounded bits, until it has ended", async () => {
  await desk.sql`insert into watches (provider, enabled) values ('stripe', false)`;
  for (let n = 0; n < 12; n += 1) {
    const created = NOW - 1_200 - n;
    const body = stripeEvent({ id: `evt_${n}`, created });
    provider.events.push({ id: body.id, type: body.type, created, body });
  }
  provider.misbehave = () => new Promise((resolve) => setTimeout(() => resolve(false), 300));
  const run = await createReconciliation({ provider_slug: "stripe", ...lastHours(0.5) }, ada);
  let ticks = 0;
  for (; ticks < 20 && (await getRun(desk.sql, run.id)).completed_at === null; ticks += 1) {
    expect(await runTick(700)).toBe(0);
  }
  expect(ticks).toBeGreaterThan(1);
  expect(await getRun(desk.sql, run.id)).toMatchObject({
    status: "completed",
    counts: { provider: 12, received: 0, missing: 12 },
  });
  const [window] = await desk.sql`select pages, lease_until from reconciliation_windows`;
  expect(window).toEqual({ pages: 6, lease_until: null });
});

test("Runs of a source are its organisation's: others can neither cancel nor back-fill them, nor choose their source", async () => {
  const [source] = await desk.sql`
    insert into sources (provider, name, organisation_id, token_hash, token_hint)
    values ('stripe', 'acme', 'acme', sha256('a'), 'aaaa') returning id::int`;
  const [run] = await desk.sql`
    insert into reconciliations (provider, source_id, organisation_id, started_by, from_ts, to_ts, actor, actor_id)
    values ('stripe', ${source?.id}, 'acme', 'person', now() - interval '2 hours', now() - interval '1 hour', 'A', 'a')
    returning 'rc_' || id as id`;
  await desk.sql`
    insert into reconciliation_windows (reconciliation_id, from_ts, to_ts) select id, from_ts, to_ts from reconciliations`;
  const of = (organisation: string) => ({ ...ada, actor: { ...ada.actor, organisations: [organisation] } });
  await expect(cancelReconciliation(run?.id, of("globex"))).rejects.toMatchObject({ code: "no_such_reconciliation" });
  await expect(backFill(run?.id, { all: true }, of("globex"))).rejects.toMatchObject({
    code: "no_such_reconciliation",
  });
  await expect(backFill(run?.id, { all: true }, of("acme"))).rejects.toMatchObject({
    code: "reconciliation_not_ended",
  });
  await expect(cancelReconciliation(run?.id, of("acme"))).resolves.toMatchObject({
    status: "cancelled",
    org_id: "acme",
  });
  await expect(backFill(run?.id, { all: true }, of("acme"))).rejects.toMatchObject({ code: "nothing_to_back_fill" });
});

test("What a run found about a person goes when the person asks to be forgotten, and does not come back; that it is missing stays", async () => {
  const shop = "alder-outfitters.myshopify.com";
  const order = { topic: "orders/create", customer: "7731940223158", order: "5920184410358" } as const;
  const find = (identity: string, at: number, more: object = order) => {
    const body = shopifyBody({ ...(more as typeof order), at });
    return desk.sql`
      insert into findings (reconciliation_id, provider, kind, identity, event_key, event_type, occurred_at, origin, body,
        headers, difference)
      select r.id, 'shopify', 'missing', ${identity}, ${identity}, 'orders/create', to_timestamp(${at}), 'reconstructed',
        ${Buffer.from(body)}, ${desk.sql.json([["x-shopify-shop-domain", shop]])}, '[]'
      from reconciliations r`;
  };
  await desk.sql`
    insert into reconciliations (provider, started_by, from_ts, to_ts, actor, actor_id)
    values ('shopify', 'person', now() - interval '2 hours', now() - interval '1 hour', 'A', 'a')`;
  await find("before", NOW - 3_600);
  await find("another", NOW - 3_600, {
    ...order,
    customer: "99",
    order: "98",
    email: "else@example.com",
    phone: "+4915123456789",
  });
  const ask = shopifyBody({ ...order, topic: "customers/redact", at: NOW - 600 } as never);
  expect((await send("shopify", ask, { topic: "customers/redact", at: NOW - 600 })).status).toBe(200);
  await workUntilIdle();
  await find("listed later", NOW - 3_600);
  await find("after", NOW - 60);
  const kept = await desk.sql`
    select identity, body is not null and headers is not null and difference is not null as is_kept
    from findings order by identity`;
  expect(kept).toEqual([
    { identity: "after", is_kept: true },
    { identity: "another", is_kept: true },
    { identity: "before", is_kept: false },
    { identity: "listed later", is_kept: false },
  ]);
  const [request] = await desk.sql`select changed from privacy_requests`;
  expect(request?.changed).toMatchObject({ findings: 1 });
  await deliverAndSettle();
});
