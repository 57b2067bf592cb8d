/** Every provider's client, its fake and the engine together: what was lost on the way is found, exactly, and brought back. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { backFill } from "@/lib/commands/reconciliations";
import { accept } from "@/lib/pipeline/accept";
import { findProvider } from "@/lib/providers";
import type { ProviderApi } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";
import { requestOf, type Sender } from "../fixtures/sign";
import { ada } from "../support/actor";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { type Endpoint, startEndpoint } from "../support/endpoint";
import type { Expected, ProviderApiRow, StartedProvider } from "../support/provider-apis/row";
import { deliverAndSettle, getRun, reconcile } from "../support/reconciling";
import { chanceOf } from "../support/world/chance";
import { differencesOf, tablesOf } from "../support/world/tables";

const FOLDER = path.join(import.meta.dirname, "../support/provider-apis/rows");
const rows = await Promise.all(
  readdirSync(FOLDER).map(async (file) => ((await import(path.join(FOLDER, file))) as { row: ProviderApiRow }).row),
);
/** Events of each provider. `npm run drill -- reconcile` runs this file with 10,000 in all. */
const COUNT = Number(process.env.RECONCILED_EVENTS ?? 40);
/** They happened within four hours. */
const STEP_MS = Math.min(60, Math.max(1, Math.floor((3.9 * 3600) / COUNT))) * 1000;
const AT_ONCE = 32;
const DROPPED_SHARE = 0.05;

let desk: Desk;
let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
  desk = await openDesk({ AGENT_SDK_URL: endpoint.url });
  await desk.sql`
    insert into destinations (slug, name, kind, managed, providers, url, base_delay_ms)
    values ('all', 'all', 'http', true, '{standard}', ${endpoint.url}, 20)`;
});
afterAll(async () => {
  await endpoint.close();
  await desk.close();
});

describe.each(rows.map((row) => [row.provider, row] as const))("%s", (slug, row) => {
  const provider = findProvider(slug) as Provider & { api: ProviderApi };
  // A fake needs no patience: that budgets are kept is tested elsewhere.
  provider.api = { ...provider.api, budget: { requests: 500, perSeconds: 1, burst: 50 } };
  const { api } = provider;
  let started: StartedProvider;
  let expected: Expected[];
  /** Which of them never came: by chance, so that every type is among them; one at the least. */
  let dropped: Set<number>;
  const isDropped = (n: number) => dropped.has(n);

  beforeEach(async () => {
    await empty();
    await desk.sql`truncate reconciliations, findings, api_budgets, watches cascade`;
    started = await row.start();
    for (const [name, value] of Object.entries(started.credentials)) {
      process.env[api.credentials[name]?.variable as string] = value;
    }
    // Last: a credential may be the address.
    process.env[api.urlVariable] = started.fake.url;
    const first = Math.floor(Date.now() / 1000) * 1000 - api.waitSeconds * 1000 - 4 * 3_600_000;
    expected = started.seed(Array.from({ length: COUNT }, (_, n) => new Date(first + n * STEP_MS)));
    const chance = chanceOf(COUNT + slug.length);
    dropped = new Set([7, ...expected.flatMap((_, n) => (chance() < DROPPED_SHARE ? [n] : []))]);
    for (const { payload } of started.ownObjects?.() ?? []) {
      if (payload) expect((await send(slug as Sender, payload)).status).toBe(200);
    }
  });
  afterEach(() => started.fake.close());

  const empty = () =>
    desk.sql`truncate events, event_keys, deliveries, attempts, replays, replay_items, rejections, subscriptions,
      businesses, audit_logs, call_logs, sms_logs, sms_log_recipients, orders, customers, leads, messages, campaigns,
      sms_recipients cascade`;
  const span = () => {
    const [from, to] = [expected[0], expected.at(-1)].map((one) => Date.parse(one?.occurredAt ?? ""));
    return {
      provider_slug: slug,
      from_ts: new Date((from as number) - 60_000).toISOString(),
      to_ts: new Date((to as number) + 60_000).toISOString(),
    };
  };
  const arrive = async ({ webhook, key }: Expected) => {
    if (!webhook) return;
    // Smartlead has its secret in the body.
    const said = slug === "smartlead" ? JSON.parse(webhook.body.toString()) : webhook.body;
    const request = requestOf(slug as Sender, said, slug === "standard" ? { id: key } : {});
    // Signed now: some rows sign as of the event's time.
    const isSigned = (name: string) => /signature|timestamp|hmac|webhook-id/i.test(name);
    const own = webhook.headers.filter(([name]) => !isSigned(name));
    const named = new Set(own.map(([name]) => name.toLowerCase()));
    const headers = [...request.headers.filter(([name]) => !named.has(name.toLowerCase())), ...own];
    const answer = await accept({ ...webhook, ...request, headers });
    expect(answer.status, answer.body).toBe(200);
  };
  const arriveAll = async (all: readonly Expected[]) => {
    for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(arrive));
  };
  test("5 % were lost: the run finds exactly those, the back-fill brings them back, and a second run finds nothing", async () => {
    await arriveAll(expected.filter((_, n) => !isDropped(n)));
    await workUntilIdle();
    // Of what has no time of its own, the time of receipt counts.
    await desk.sql`update events set received_at = ${expected[0]?.occurredAt as string} where occurred_at is null`;
    const run = await reconcile(desk.sql, span());
    expect(run).toMatchObject({ status: "completed", reason: null });
    const found = await desk.sql`select kind, identity from findings order by id`;
    const lost = expected.filter((one, n) => isDropped(n) || !one.webhook);
    expect(found.map(({ identity }) => identity).toSorted()).toEqual(lost.map(({ key }) => key).toSorted());
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(["missing"]));
    // One record may be several events. Of ids that we know, those that are final are not asked for.
    expect(run.counts.provider).toBeGreaterThanOrEqual(api.coverage.kind === "own_ids" ? lost.length : COUNT);
    expect(run.counts.received).toBe(run.counts.provider - lost.length);

    await backFill(run.id, { all: true }, ada);
    await deliverAndSettle();
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 0, repaired: lost.length });
    const again = await reconcile(desk.sql, span());
    expect(again.counts).toMatchObject({ missing: 0, drifted: 0, undelivered: 0 });
    const repaired = await tablesOf(desk.sql);

    // The webhooks that were lost come late, after all: nothing changes.
    await arriveAll(expected.filter((_, n) => isDropped(n)));
    await deliverAndSettle();
    expect(await tablesOf(desk.sql)).toEqual(repaired);
    await empty();
    for (const { payload } of started.ownObjects?.() ?? []) if (payload) await send(slug as Sender, payload);
    await arriveAll(expected);
    await workUntilIdle();
    expect(differencesOf(repaired, await tablesOf(desk.sql))).toEqual([]);
  });
});
