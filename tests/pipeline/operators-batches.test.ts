/**
 * Batches that an operator sends again and again: each takes what is left, and says how much that is. Long because
 * it lists what a batch may meet.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import type { Ask } from "../support/api";
import { openApi } from "../support/api-desk";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { type Endpoint, startEndpoint } from "../support/endpoint";

let desk: Desk;
let ask: Ask;
let endpoint: Endpoint;
beforeAll(async () => {
  desk = await openDesk({ REPLAY_MAX_CONCURRENT: "2", REPLAY_MAX_PER_HOUR: "100" });
  ask = await openApi();
  endpoint = await startEndpoint();
  await desk.sql`
    insert into destinations (slug, name, kind, managed, providers, event_types, url, timeout_ms, max_attempts, base_delay_ms)
    values ('merchant', 'Merchant', 'http', true, '{standard}', '{*}', ${endpoint.url}, 4000, 1, 10)`;
});
afterAll(async () => {
  await endpoint.close();
  await desk.close();
});
afterEach(async () => {
  endpoint.answer(200);
  endpoint.arrivals.length = 0;
  await desk.sql`truncate event_keys, events, deliveries, attempts, replays, replay_items, businesses, audit_logs, destination_health, destination_statistics, statistics, statistics_hours cascade`;
});

const window = (provider_slug: string) => ({
  provider_slug,
  from_ts: new Date(Date.now() - 3_600_000).toISOString(),
  to_ts: new Date(Date.now() + 60_000).toISOString(),
});
const query = (body: object, headers?: Record<string, string>) =>
  ask("POST", "/api/webhooks/replay-query", body, headers);

/** Events of the merchant, dead because their endpoint is down. */
async function deadEvents(count: number): Promise<number[]> {
  endpoint.answer(422);
  const ids: number[] = [];
  for (let n = 0; n < count; n++) ids.push(eventIdIn(await send("standard", { type: "order.created", data: { n } })));
  await deliverAll();
  endpoint.answer(200);
  endpoint.arrivals.length = 0;
  expect(await statuses(ids)).toEqual(ids.map(() => "dead"));
  return ids;
}

/** The circuit stays closed in spite of failures that are made on purpose. */
async function deliverAll(): Promise<void> {
  do await desk.sql`delete from destination_health`;
  while ((await workUntilIdle()) > 0);
}

async function statuses(ids: number[]): Promise<string[]> {
  const rows = await desk.sql<{ status: string }[]>`select status from events where id = any (${ids}) order by id`;
  return rows.map(({ status }) => status);
}

describe("A batch takes what would run", () => {
  test("three runs with a limit reach all, though the oldest are replayed already", async () => {
    const ids = await deadEvents(8);
    await ask("POST", "/admin/webhooks/replay-batch", { eventIds: ids.slice(0, 4).map((id) => `we_${id}`) });
    await deliverAll();
    expect(await statuses(ids)).toEqual([...Array(4).fill("replayed"), ...Array(4).fill("dead")]);

    const heard = [];
    for (let run = 0; run < 3; run++) {
      const { status, body } = await query({ ...window("standard"), limit: 2 });
      expect(status).toBe(202);
      heard.push([body.matched, body.taken, body.skipped, body.remaining]);
      await deliverAll();
    }
    expect(heard).toEqual([
      [8, 2, 0, 2],
      [8, 2, 0, 0],
      // Nothing is left: the items say why they do not run.
      [8, 2, 2, 0],
    ]);
    expect(await statuses(ids)).toEqual(ids.map(() => "replayed"));
  });

  test("what fails again does not keep the others from their turn", async () => {
    const ids = await deadEvents(6);
    endpoint.answer(422);
    await query({ ...window("standard"), limit: 3 });
    await deliverAll();
    const tried = async () =>
      (await desk.sql<{ id: string }[]>`select id from events where replay_count > 0 order by id`).map(({ id }) =>
        Number(id),
      );
    expect(await tried()).toEqual(ids.slice(0, 3));
    const second = await query({ ...window("standard"), limit: 3 });
    expect(second.body.remaining).toBe(3);
    await deliverAll();
    expect(await tried()).toEqual(ids);
  });

  test("the merchant's bulk replay and the dead letter queue do the same", async () => {
    const ids = await deadEvents(5);
    const criteria = { status: "failed,timeout,retry_exhausted", provider: "standard" };
    const bulk = await ask("POST", "/admin/webhooks/bulk-replay", { criteria, limit: 2, reason: "was down" });
    expect(bulk).toMatchObject({ status: 202, body: { totalEvents: 2, matched: 5, remaining: 3 } });
    await deliverAll();
    const all = await ask("POST", "/api/webhooks/dlq", { retry_all: true });
    expect(all).toMatchObject({ status: 200, body: { queued: 3, matched: 3, remaining: 0 } });
    await deliverAll();
    expect(await statuses(ids)).toEqual(ids.map(() => "replayed"));
  });
});

describe("Already applied looks at the row, not at the history", () => {
  const businesses = () => desk.sql`select stripe_customer_id, subscription_status from businesses`;

  async function applied() {
    const id = eventIdIn(await send("stripe", stripeEvent({ type: "customer.subscription.created" })));
    await workUntilIdle();
    const [row] = await businesses();
    expect(row).toMatchObject({ subscription_status: "active" });
    return { id, row };
  }

  test("a row that is there is skipped", async () => {
    await applied();
    expect((await query(window("stripe"))).body).toMatchObject({
      total: 1,
      skipped: 1,
      skip_reasons: { already_applied: 1 },
    });
  });

  test.each([
    ["deleted", (sql: Desk["sql"]) => sql`delete from businesses`],
    ["changed by hand", (sql: Desk["sql"]) => sql`update businesses set subscription_status = 'canceled'`],
    [
      "restored from an older backup",
      (sql: Desk["sql"]) =>
        sql`update businesses set subscription_status = 'trialing', versions = '{}', updated_at = now() - interval '1 day'`,
    ],
  ])("a row that was %s is written again, with a limit and without", async (_, lose) => {
    for (const limit of [undefined, 10]) {
      const { row } = await applied();
      await lose(desk.sql);
      expect((await query({ ...window("stripe"), limit })).body).toMatchObject({
        skipped: limit ? 0 : expect.any(Number),
      });
      await workUntilIdle();
      expect(await businesses()).toEqual([row]);
      await desk.sql`truncate event_keys, events, deliveries, attempts, replays, replay_items, businesses, audit_logs cascade`;
    }
  });

  test("what a later event wrote over it is not lost, nor is what a privacy request removed", async () => {
    await applied();
    await send("stripe", stripeEvent({ created: FIXTURE_TIME + 60, status: "past_due" }));
    await workUntilIdle();
    expect(await businesses()).toMatchObject([{ subscription_status: "past_due" }]);
    expect((await query(window("stripe"))).body.skip_reasons).toEqual({ already_applied: 2 });
    await desk.sql`delete from businesses`;
    await desk.sql`update events set redacted_at = now()`;
    expect((await query(window("stripe"))).body.skip_reasons).toEqual({ already_applied: 2 });
  });
});

describe("The dead letter queue", () => {
  const retry = (webhook_id: string | number, headers?: Record<string, string>) =>
    ask("POST", "/api/webhooks/dlq", { webhook_id }, headers);

  test("delivers a webhook that is named twice once", async () => {
    const [id = 0] = await deadEvents(1);
    const [one, two] = await Promise.all([retry(`we_${id}`), retry(`we_${id}`)]);
    // Whichever is later finds it under way.
    for (const { status } of [one, two]) expect([200, 409]).toContain(status);
    expect((one.body.queued ?? 0) + (two.body.queued ?? 0)).toBe(1);
    await deliverAll();
    expect(endpoint.arrivals).toHaveLength(1);
    const again = await retry(id);
    expect(again).toMatchObject({ status: 404, body: { field: "webhook_id" } });
    expect(again.body.title).toBe(`Webhook not found: we_${id} is not a dead letter, it is replayed.`);
    expect(endpoint.arrivals).toHaveLength(1);
  });

  test("refuses an event that never failed by name, and runs no delivery but the dead one", async () => {
    const id = eventIdIn(await send("standard", { type: "order.created", data: {} }));
    await deliverAll();
    expect((await retry(`we_${id}`)).body.title).toContain(`we_${id} is not a dead letter, it is processed`);
    expect((await retry("we_99999")).body.title).toBe("Webhook not found.");

    const [dead = 0] = await deadEvents(1);
    await desk.sql`
      insert into deliveries (event_id, destination_id, status, finished_at)
      select ${dead}, id, 'delivered', now() from destinations where slug = 'agent-sdk'`;
    expect((await retry(dead)).body).toMatchObject({ queued: 1, matched: 1 });
    expect(await desk.sql`select count(*)::int from replay_items where outcome is null`).toEqual([{ count: 1 }]);
  });

  test("honours an Idempotency-Key, also where nothing was dead", async () => {
    const key = { "idempotency-key": "nightly-1" };
    const first = await ask("POST", "/api/webhooks/dlq", { retry_all: true }, key);
    expect(first.body).toMatchObject({ success: true, queued: 0, matched: 0 });
    const [id = 0] = await deadEvents(1);
    expect((await ask("POST", "/api/webhooks/dlq", { retry_all: true }, key)).body).toEqual(first.body);
    expect(endpoint.arrivals).toHaveLength(0);

    const one = await retry(id, { "idempotency-key": "one" });
    await deliverAll();
    expect((await retry(id, { "idempotency-key": "one" })).body).toEqual(one.body);
    await deliverAll();
    expect(endpoint.arrivals).toHaveLength(1);
    expect(await retry("we_99999", { "idempotency-key": "one" })).toMatchObject({ status: 422 });
  });
});

test("The single replay honours an Idempotency-Key", async () => {
  await deadEvents(1);
  const [event] = await desk.sql<{ event_key: string }[]>`select event_key from events`;
  const replay = () =>
    ask("POST", `/api/webhooks/replay/standard/${event?.event_key}`, { wait: false }, { "idempotency-key": "single" });
  const first = await replay();
  expect(first).toMatchObject({ status: 202, body: { status: "queued" } });
  await deliverAll();
  expect((await replay()).body).toMatchObject({ status: "replayed", replay_id: first.body.replay_id, replay_count: 1 });
  await deliverAll();
  expect(endpoint.arrivals).toHaveLength(1);
});

test("A replay that was refused with 429 is not listed, and its Idempotency-Key works later", async () => {
  const ids = await deadEvents(3);
  await desk.sql`update events set organisation_id = 'acme'`;
  const later = { immediate: false, scheduledAt: new Date(Date.now() + 3_600_000).toISOString() };
  const batch = (id: number | undefined, key: string) =>
    ask("POST", "/admin/webhooks/replay-batch", { eventIds: [`we_${id}`], options: later }, { "idempotency-key": key });
  const made = [await batch(ids[0], "a"), await batch(ids[1], "b")];
  expect(made.map(({ status }) => status)).toEqual([202, 202]);
  const refused = await batch(ids[2], "c");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
  const listed = await ask("GET", "/api/webhooks/replays?limit=200");
  expect(listed.body.replays).toHaveLength(2);

  expect((await ask("POST", `/api/webhooks/replays/${made[0]?.body.replayId}/cancel`)).status).toBe(200);
  expect((await ask("POST", `/api/webhooks/replays/${made[0]?.body.replayId}/cancel`)).status).toBe(200);
  expect(await batch(ids[2], "c")).toMatchObject({ status: 202, body: { status: "queued" } });
});

test("A list says that there is no next page when the last one is exactly full", async () => {
  await deadEvents(2);
  endpoint.answer(422);
  const { body } = await ask("POST", "/api/webhooks/dlq", { retry_all: true });
  await deliverAll();
  const failures = `/admin/webhooks/replays/${body.replay_id}/failures`;
  expect((await ask("GET", `${failures}?limit=2`)).body).toMatchObject({ totalFailures: 2, nextAfter: null });
  expect((await ask("GET", `${failures}?limit=1`)).body).toMatchObject({ totalFailures: 2, nextAfter: 1 });
  const items = `/api/webhooks/replays/${body.replay_id}/items`;
  expect((await ask("GET", `${items}?limit=2`)).body.next_after).toBeNull();
  expect((await ask("GET", `${items}?limit=1`)).body).toMatchObject({ items: [{ position: 1 }], next_after: 1 });
  const [destination] = await desk.sql`select id from destinations where slug = 'merchant'`;
  for (const [path, cursor] of [
    ["/api/webhooks/events", "next_cursor"],
    ["/admin/webhooks/events", "nextCursor"],
    [`/api/destinations/ds_${destination?.id}/deliveries`, "next_cursor"],
  ] as const) {
    expect([path, (await ask("GET", `${path}?limit=2`)).body[cursor]]).toEqual([path, null]);
    expect((await ask("GET", `${path}?limit=1`)).body[cursor]).not.toBeNull();
  }
  expect((await ask("GET", "/api/webhooks/replays?limit=1")).body.next_cursor).toBeNull();
});

test("Lists of ids are bounded, and the error names the limit", async () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `we_${n + 1}`);
  for (const [path, body] of [
    ["/admin/webhooks/replay-batch", (count: number) => ({ eventIds: ids(count) })],
    ["/api/webhooks/replay-bulk", (count: number) => ({ provider_slug: "stripe", event_keys: ids(count) })],
    ["/api/webhooks/events/resolve", (count: number) => ({ event_ids: ids(count), reason: "handled" })],
    ["/api/webhooks/replays", (count: number) => ({ selection: { event_ids: ids(count) }, reason: "handled" })],
  ] as const) {
    for (const count of [1_001, 20_000]) {
      const { status, body: problem } = await ask("POST", path, body(count));
      expect([path, count, status]).toEqual([path, count, 400]);
      if (path !== "/api/webhooks/replays") expect(problem.detail).toMatch(/1000|500/);
    }
  }
  const labels = Array(100).fill("HTTP 5xx");
  const retry = await ask("POST", "/admin/webhooks/replays/wr_1/retry-failures", { onlySpecificFailures: labels });
  expect(retry).toMatchObject({ status: 400, body: { field: "onlySpecificFailures" } });
});

test("total_processed counts events, however often each was tried", async () => {
  await deadEvents(2);
  for (let again = 0; again < 2; again++) {
    await ask("POST", "/api/webhooks/dlq", { retry_all: true });
    await deliverAll();
  }
  const ids = (await desk.sql`select id from events`).map(({ id }) => `we_${id}`);
  await ask("POST", "/admin/webhooks/replay-batch", { eventIds: ids, options: { skipAlreadyApplied: false } });
  await deliverAll();
  const { body } = await ask("GET", "/api/webhooks/analytics?range=1h");
  expect(body.total_processed).toBe(2);
  expect(body.stats).toEqual([{ event_type: "order.created", status: "success", count: 2 }]);
});
