/**
 * What a run found is brought back once, by a replay; what comes late by itself is never lost, and never delivered twice.
 * Long because one provider and desk serve all of it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { backFill } from "@/lib/commands/reconciliations";
import { controlReplay, startReplay } from "@/lib/commands/replays";
import { numberInId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { claim } from "@/lib/pipeline/claim";
import { deliver } from "@/lib/pipeline/deliver";
import { record } from "@/lib/pipeline/record";
import { findProvider } from "@/lib/providers";
import type { Entry } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { getReplay } from "@/lib/queries/replays";
import { storeFindings } from "@/lib/reconciliation/back-fill";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { storedBody } from "../support/bodies";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { type Endpoint, startEndpoint } from "../support/endpoint";
import { installApi, type LogProvider, logApi, startLogProvider } from "../support/log-provider";
import { deliverAndSettle, getRun, reconcile, rowsOf } from "../support/reconciling";

const NOW = Math.floor(Date.now() / 1000);
const stripe = findProvider("stripe") as Provider;
const { identify } = stripe;

let desk: Desk;
let provider: LogProvider;
let endpoint: Endpoint;
beforeAll(async () => {
  desk = await openDesk();
  endpoint = await startEndpoint();
  provider = await startLogProvider();
});
afterAll(async () => {
  await provider.close();
  await endpoint.close();
  await desk.close();
});
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts, replays, replay_items, businesses, subscriptions,
    rejections, reconciliations, api_budgets, watches, findings cascade`;
  await desk.sql`delete from destinations where slug = 'shop'`;
  provider.events = [];
  endpoint.arrivals.length = 0;
  endpoint.answer(200);
  stripe.identify = identify;
  installApi(stripe, logApi, provider);
});

function logged(n: number, minutes = 100, more: Parameters<typeof stripeEvent>[0] = {}) {
  const created = NOW - minutes * 60;
  const event = stripeEvent({ id: `evt_${n}`, created, subscription: `sub_${n}`, customer: `cus_${n}`, ...more });
  return { id: event.id, type: event.type, created, body: event };
}

/** An endpoint that gets every event of Stripe, besides the rows. */
async function addShop(): Promise<void> {
  await desk.sql`
    insert into destinations (slug, name, kind, managed, providers, url, base_delay_ms)
    values ('shop', 'shop', 'http', true, '{stripe}', ${endpoint.url}, 20)`;
}

const states = () =>
  desk.sql`select identity, kind, state, event_id is not null as has_event from findings order by identity`;
const eventOf = async (key: string) => {
  const [row] = await desk.sql`
    select id::int, origin, trust, status, duplicate_count, conflict_count from events
    where event_key = ${key} and variant_of is null`;
  return row;
};
const variantsOf = async (id: number) =>
  (await desk.sql`select id::int from events where variant_of = ${id}`).map((row) => row.id as number);

describe("a back-fill", () => {
  test("ends with the tables that no loss would have left, and a second run finds nothing", async () => {
    const dropped = (n: number) => n % 6 === 1;
    provider.events = Array.from({ length: 60 }, (_, n) => logged(n, 10 + n * 4));
    for (const [n, { body }] of provider.events.entries()) if (!dropped(n)) await send("stripe", body);
    await workUntilIdle();
    const run = await reconcile(desk.sql);
    expect(run.counts).toMatchObject({ missing: 10, received: 50 });
    const asked = await backFill(run.id, { all: true, reason: "The endpoint was down" }, ada);
    expect(asked).toMatchObject({ remaining: 0, replay: { kind: "back_fill", total: 10 } });
    expect((await getRun(desk.sql, run.id)).replay_id).toBe(asked.replay.id);
    await deliverAndSettle();

    expect(await getReplay(asked.replay.id, EVERYTHING)).toMatchObject({
      status: "completed",
      succeeded: 10,
      failed: 0,
    });
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 0, repaired: 10, late: 0 });
    expect(await eventOf("evt_1")).toMatchObject({ origin: "provider_api", trust: "provider_api", status: "replayed" });
    expect(await eventOf("evt_2")).toMatchObject({ origin: "webhook", trust: "signed" });
    const repaired = [await rowsOf(desk.sql, "subscriptions"), await rowsOf(desk.sql, "businesses")];
    const again = await reconcile(desk.sql);
    expect(again.counts).toMatchObject({ provider: 60, received: 60, missing: 0, drifted: 0, undelivered: 0 });

    await desk.sql`truncate events, event_keys, deliveries, attempts, businesses, subscriptions cascade`;
    for (const { body } of provider.events) await send("stripe", body);
    await workUntilIdle();
    expect([await rowsOf(desk.sql, "subscriptions"), await rowsOf(desk.sql, "businesses")]).toEqual(repaired);
  });

  test("delivers below live traffic, one finding at a time where one is chosen, and a dry run delivers nothing", async () => {
    await addShop();
    provider.events = [logged(1), logged(2)];
    const run = await reconcile(desk.sql);
    const [first] = await desk.sql`select 'fi_' || id as id from findings where identity = 'evt_1'`;
    const dry = await backFill(run.id, { finding_ids: [first?.id], options: { dryRun: true } as never }, ada);
    expect(dry).toMatchObject({ replay: { status: "draft" }, preview: { to_run: 2, changes: { created: 2 } } });
    await workUntilIdle();
    expect(endpoint.arrivals).toEqual([]);
    expect(await states()).toMatchObject([{ state: "back_filling" }, { state: "open" }]);
    await startReplay(dry.replay.id, ada);
    expect(await desk.sql`select distinct lane from deliveries`).toEqual([{ lane: "replay" }]);
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(1);
    expect(await states()).toMatchObject([{ state: "repaired" }, { state: "open", has_event: false }]);
  });

  test("is asked for once per idempotency key, stores nothing twice after a kill, and never more than a replay takes", async () => {
    process.env.REPLAY_MAX_EVENTS = "3";
    provider.events = Array.from({ length: 5 }, (_, n) => logged(n, 200 - n));
    const run = await reconcile(desk.sql);
    // Killed after it stored, before its replay was made.
    const ids = await desk.sql`select id::int from findings order by occurred_at limit 2`;
    await storeFindings(
      numberInId(run.id),
      ids.map(({ id }) => id),
      "killed",
      EVERYTHING,
    );
    expect((await reconcile(desk.sql)).counts).toMatchObject({ missing: 5, received: 0 });
    const asked = await backFill(run.id, { all: true, idempotencyKey: "k" }, ada);
    expect(asked).toMatchObject({ remaining: 2, replay: { total: 3 } });
    expect(await backFill(run.id, { all: true, idempotencyKey: "k" }, ada)).toMatchObject({
      replay: { id: asked.replay.id },
    });
    expect(await desk.sql`select event_key from events order by occurred_at`).toMatchObject([
      ...[0, 1, 2].map((n) => ({ event_key: `evt_${n}` })),
    ]);
    await deliverAndSettle();
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 2, repaired: 3 });
    delete process.env.REPLAY_MAX_EVENTS;
  });

  test("needs the right to a replay of its size, before anything is stored", async () => {
    process.env.REPLAY_MAX_CHOSEN = "1";
    provider.events = [logged(1), logged(2)];
    const run = await reconcile(desk.sql);
    const support = { ...ada, actor: { ...ada.actor, role: "support" as const } };
    const ids = (await desk.sql`select 'fi_' || id as id from findings order by id`).map(({ id }) => id);
    await expect(backFill(run.id, { all: true }, support)).rejects.toMatchObject({ code: "too_many_chosen" });
    await expect(backFill(run.id, { finding_ids: ids }, support)).rejects.toMatchObject({ code: "too_many_chosen" });
    expect(await desk.sql`select from events`).toHaveLength(0);
    expect(await backFill(run.id, { finding_ids: ids.slice(0, 1) }, support)).toMatchObject({ replay: { total: 1 } });
    delete process.env.REPLAY_MAX_CHOSEN;
  });

  test("whose replay fails or is discarded leaves its findings open, with the reason", async () => {
    await addShop();
    endpoint.answer(422);
    provider.events = [logged(1)];
    const run = await reconcile(desk.sql);
    await backFill(run.id, { all: true, options: { retryFailedEvents: false } as never }, ada);
    await deliverAndSettle();
    const [failed] = await desk.sql`select state, detail from findings`;
    expect(failed).toMatchObject({ state: "open", detail: expect.stringContaining("422") });
    endpoint.answer(200);

    const draft = await backFill(run.id, { all: true, draft: true }, ada);
    await call("console", "discard_draft", { p_id: numberInId(draft.replay.id), p_scope: null });
    await deliverAndSettle();
    expect(await states()).toMatchObject([{ state: "open" }]);
  });

  test("of what no destination receives ends with storing it", async () => {
    provider.events = [
      {
        ...logged(1),
        type: "radar.early_fraud_warning.created",
        body: { ...logged(1).body, type: "radar.early_fraud_warning.created" },
      },
    ];
    const run = await reconcile(desk.sql);
    await expect(backFill(run.id, { all: true }, ada)).rejects.toMatchObject({ code: "nothing_to_back_fill" });
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 0, repaired: 1 });
    expect(await eventOf("evt_1")).toMatchObject({ origin: "provider_api", status: "ignored" });
    expect((await reconcile(desk.sql)).counts).toMatchObject({ received: 1, missing: 0 });
  });

  test("that is only previewed closes no finding, also of what no destination receives", async () => {
    const other = { type: "radar.early_fraud_warning.created" };
    provider.events = [{ ...logged(1), ...other, body: { ...logged(1).body, ...other } }];
    const run = await reconcile(desk.sql);
    const previews = [{ draft: true }, { options: { dryRun: true } as never }];
    for (const how of previews) {
      await expect(backFill(run.id, { all: true, ...how }, ada)).rejects.toMatchObject({
        code: "nothing_receives_findings",
      });
      await deliverAndSettle();
      expect(await states()).toMatchObject([{ kind: "missing", state: "open" }]);
    }
    await expect(backFill(run.id, { all: true }, ada)).rejects.toMatchObject({ code: "nothing_to_back_fill" });
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 0, repaired: 1 });
  });

  test("closes what no destination receives when the replay of the others has run, not when it was drafted", async () => {
    const other = { type: "radar.early_fraud_warning.created" };
    provider.events = [{ ...logged(1), ...other, body: { ...logged(1).body, ...other } }, logged(2)];
    const run = await reconcile(desk.sql);
    const draft = await backFill(run.id, { all: true, draft: true }, ada);
    await deliverAndSettle();
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 2, repaired: 0 });
    await startReplay(draft.replay.id, ada);
    await deliverAndSettle();
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 0, repaired: 2 });
  });

  test("that a run was to do by itself is done in the name of who asked, once", async () => {
    provider.events = [logged(1), logged(2)];
    const run = await reconcile(desk.sql, { dry_run: false });
    expect(run.replay_id).toMatch(/^wr_\d+$/);
    const replay = await getReplay(run.replay_id as string, EVERYTHING);
    expect(replay).toMatchObject({ kind: "back_fill", actor: "Ada", reason: `Back-fill of ${run.id}`, total: 2 });
    await deliverAndSettle();
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 0, repaired: 2 });
    expect(await desk.sql`select from replays`).toHaveLength(1);
    // A run that finds nothing makes none.
    expect(await reconcile(desk.sql, { dry_run: false })).toMatchObject({ replay_id: null, reason: null });
  });
});

describe("a webhook that comes late", () => {
  test("closes its finding by itself, also in earlier runs, without anything in the way of accepting it", async () => {
    provider.events = [logged(1), logged(2)];
    const runs = [await reconcile(desk.sql), await reconcile(desk.sql)];
    await send("stripe", provider.events[0]?.body);
    await desk.sql`update findings set checked_at = now_() - interval '1 hour'`;
    await deliverAndSettle();
    for (const run of runs) {
      expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ missing: 1, late: 1, repaired: 0 });
    }
    await expect(backFill(runs[0]?.id as string, { all: true, draft: true }, ada)).resolves.toMatchObject({
      replay: { total: 1 },
    });
  });

  test("between the run and its back-fill is not stored a second time", async () => {
    provider.events = [logged(1)];
    const run = await reconcile(desk.sql);
    await send("stripe", provider.events[0]?.body);
    await expect(backFill(run.id, { all: true }, ada)).rejects.toMatchObject({ code: "nothing_to_back_fill" });
    expect(await states()).toMatchObject([{ state: "late", has_event: true }]);
    expect(await eventOf("evt_1")).toMatchObject({ origin: "webhook", duplicate_count: 0, conflict_count: 0 });
    expect(await desk.sql`select from events`).toHaveLength(1);
  });

  test("after a back-fill is a duplicate: its bytes are kept, and nothing is delivered a second time", async () => {
    await addShop();
    provider.events = [logged(1)];
    const run = await reconcile(desk.sql);
    await backFill(run.id, { all: true }, ada);
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(1);
    const body = JSON.stringify(provider.events[0]?.body);
    for (let n = 0; n < 3; n += 1) {
      const answer = await send("stripe", provider.events[0]?.body);
      expect(JSON.parse(answer.body)).toMatchObject({ duplicate: true });
    }
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(1);
    const event = await eventOf("evt_1");
    expect(event).toMatchObject({ origin: "provider_api", conflict_count: 0 });
    const variants = await variantsOf(event?.id);
    expect(variants).toHaveLength(1);
    expect((await storedBody(desk.sql, variants[0] as number)).toString()).toBe(body);
    expect(await desk.sql`select origin, duplicate_count from events where id = ${variants[0] as number}`).toEqual([
      { origin: "webhook", duplicate_count: 2 },
    ]);
    // An ordinary second version of an ordinary event is still a conflict.
    const other = stripeEvent({ id: "evt_9", status: "active" });
    await send("stripe", other);
    await send("stripe", { ...stripeEvent({ status: "canceled" }), id: "evt_9" });
    expect(await eventOf("evt_9")).toMatchObject({ conflict_count: 1 });
  });

  test("after a back-fill that is a draft is delivered, and the draft then delivers nothing twice", async () => {
    await addShop();
    provider.events = [logged(1)];
    const run = await reconcile(desk.sql);
    const draft = await backFill(run.id, { all: true, draft: true }, ada);
    await send("stripe", provider.events[0]?.body);
    expect(await desk.sql`select distinct lane, status from deliveries`).toEqual([{ lane: "live", status: "pending" }]);
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(1);
    await desk.sql`update findings set checked_at = now_() - interval '1 hour'`;
    await deliverAndSettle();
    expect(await states()).toMatchObject([{ state: "late" }]);
    await startReplay(draft.replay.id, ada);
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(1);
    expect(await getReplay(draft.replay.id, EVERYTHING)).toMatchObject({ status: "completed", skipped: 2 });
  });

  test("while a back-fill of several destinations runs that is then cancelled is delivered to all of them, once", async () => {
    await addShop();
    provider.events = [logged(1), logged(2)];
    const run = await reconcile(desk.sql);
    const { replay } = await backFill(run.id, { all: true }, ada);
    // The rows have them, the endpoint has none yet.
    const { work } = await claim("test", 50, 30, { kind: "tables" });
    await Promise.all(work.map(async (item) => record(item, await deliver(item), Date.now() + 5_000)));
    expect(work).toHaveLength(2);
    await send("stripe", provider.events[0]?.body);
    await controlReplay(replay.id, "cancel", ada);
    await deliverAndSettle();
    const texts = endpoint.arrivals.map(({ body }) => JSON.stringify(body));
    expect(texts.filter((text) => text.includes("evt_1"))).toHaveLength(1);
    // Of what no webhook came, nothing is delivered: the replay was cancelled.
    expect(texts.filter((text) => text.includes("evt_2"))).toHaveLength(0);
    await send("stripe", provider.events[0]?.body);
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(1);
  });

  test("after a back-fill that was cancelled is delivered", async () => {
    await addShop();
    provider.events = [logged(1)];
    const run = await reconcile(desk.sql);
    const { replay } = await backFill(run.id, { all: true }, ada);
    await controlReplay(replay.id, "cancel", ada);
    await send("stripe", provider.events[0]?.body);
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(1);
  });
});

/** Makes Stripe a provider whose API has objects, which pair by what they are and when. */
function pairByObject(change: (entry: Entry) => Entry = (entry) => entry): void {
  const keyOf = (type: string, object: unknown, at: string) => `${type} ${object} ${Date.parse(at)}`;
  stripe.identify = (request, payload, source) => {
    const identity = identify(request, payload, source);
    return { ...identity, logicalKey: keyOf(identity.eventType, identity.objectId, identity.occurredAt ?? "") };
  };
  installApi(
    stripe,
    {
      ...logApi,
      coverage: { ...logApi.coverage, kind: "objects" },
      pairs: "logical_key",
      async list(session, window, cursor) {
        const page = await logApi.list(session, window, cursor);
        return { ...page, entries: page.entries.map((entry) => change(reconstructed(entry))) };
      },
    },
    provider,
  );
  function reconstructed({ eventKey: _key, webhook, ...entry }: Entry): Entry {
    const { id: _id, ...body } = JSON.parse(webhook?.body.toString() ?? "{}");
    return {
      ...entry,
      logicalKey: keyOf(entry.eventType, body.data.object.id, entry.occurredAt),
      origin: "reconstructed",
      webhook: { body: Buffer.from(JSON.stringify(body)), headers: [["content-type", "application/json"]] },
    };
  }
}

describe("objects", () => {
  test("are paired with their webhooks by logical key, and a late webhook under its own key is the reconstructed event", async () => {
    await addShop();
    pairByObject();
    provider.events = [logged(1), logged(2)];
    await send("stripe", provider.events[0]?.body);
    await workUntilIdle();
    const run = await reconcile(desk.sql);
    expect(run.counts).toMatchObject({ provider: 2, received: 1, missing: 1, drifted: 0 });
    await backFill(run.id, { all: true }, ada);
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(2);
    const [made] =
      await desk.sql`select id::int, event_key, logical_key, trust from events where origin = 'reconstructed'`;
    expect(made).toMatchObject({ event_key: made?.logical_key, trust: "provider_api" });

    const late = await send("stripe", provider.events[1]?.body);
    expect(JSON.parse(late.body)).toMatchObject({ duplicate: true });
    expect(eventIdIn(late)).toBe(made?.id);
    await send("stripe", provider.events[1]?.body);
    await deliverAndSettle();
    expect(endpoint.arrivals).toHaveLength(2);
    expect(await variantsOf(made?.id)).toHaveLength(1);
    // The first one came before, and is itself.
    expect(JSON.parse((await send("stripe", provider.events[0]?.body)).body)).toMatchObject({ duplicate: true });
    expect((await reconcile(desk.sql)).counts).toMatchObject({ received: 2, missing: 0, drifted: 0 });
  });

  test("A webhook and the back-fill of its object at the same moment are one event, delivered once", async () => {
    await addShop();
    pairByObject();
    provider.events = Array.from({ length: 20 }, (_, n) => logged(n, 50 + n));
    const run = await reconcile(desk.sql);
    const [asked] = await Promise.all([
      backFill(run.id, { all: true }, ada).catch(() => undefined),
      ...provider.events.map(({ body }) => send("stripe", body)),
    ]);
    await deliverAndSettle();
    expect(await desk.sql`select from events where variant_of is null`).toHaveLength(20);
    const objects = endpoint.arrivals.map(({ body }) => JSON.stringify(body)).map((text) => /sub_\d+/.exec(text)?.[0]);
    expect(objects).toHaveLength(20);
    expect(new Set(objects).size).toBe(20);
    expect(asked === undefined || asked.replay.kind === "back_fill").toBe(true);
  });

  test("A row that was changed by hand is found with its columns, and repaired by an event as of the provider's time", async () => {
    pairByObject();
    provider.events = [logged(1), logged(2)];
    for (const { body } of provider.events) await send("stripe", body);
    await workUntilIdle();
    await desk.sql`update subscriptions set status = 'paused' where subscription_id = 'sub_1'`;
    const expected = await rowsOf(desk.sql, "businesses");
    const run = await reconcile(desk.sql);
    expect(run.counts).toMatchObject({ received: 2, missing: 0, drifted: 1 });
    const [drifted] = await desk.sql`select difference from findings`;
    expect(drifted?.difference).toContainEqual(
      expect.objectContaining({ table: "subscriptions", column: "status", ours: "paused", provider: "active" }),
    );
    await backFill(run.id, { all: true }, ada);
    await deliverAndSettle();
    expect(await desk.sql`select status from subscriptions order by 1`).toEqual([
      { status: "active" },
      { status: "active" },
    ]);
    expect(await rowsOf(desk.sql, "businesses")).toEqual(expected);
    expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ drifted: 0, repaired: 1 });
    expect((await reconcile(desk.sql)).counts).toMatchObject({ received: 2, missing: 0, drifted: 0 });

    // And once more, after it was repaired before.
    await desk.sql`update subscriptions set status = 'paused' where subscription_id = 'sub_1'`;
    const again = await reconcile(desk.sql);
    expect(again.counts).toMatchObject({ drifted: 1 });
    await backFill(again.id, { all: true }, ada);
    await deliverAndSettle();
    expect(await desk.sql`select status from subscriptions where subscription_id = 'sub_1'`).toEqual([
      { status: "active" },
    ]);
  });

  test("What the provider has now and the row has not is drift, column by column; a newer event of ours is none", async () => {
    let status = "active";
    pairByObject((entry) => {
      const body = JSON.parse(entry.webhook?.body.toString() ?? "{}");
      body.data.object.status = status;
      return { ...entry, webhook: { body: Buffer.from(JSON.stringify(body)), headers: [] } };
    });
    provider.events = [logged(1)];
    await send("stripe", provider.events[0]?.body);
    await workUntilIdle();
    status = "past_due";
    const run = await reconcile(desk.sql);
    const [drifted] = await desk.sql`select kind, difference from findings`;
    expect(drifted?.kind).toBe("drifted");
    expect(drifted?.difference).toContainEqual(
      expect.objectContaining({ table: "subscriptions", column: "status", ours: "active", provider: "past_due" }),
    );
    await backFill(run.id, { all: true }, ada);
    await deliverAndSettle();
    expect(await desk.sql`select status from subscriptions`).toEqual([{ status: "past_due" }]);

    await send("stripe", logged(7, 5, { subscription: "sub_1", customer: "cus_1", status: "canceled" }).body);
    await workUntilIdle();
    status = "unpaid";
    expect((await reconcile(desk.sql)).counts).toMatchObject({ drifted: 0 });
  });
});

test("An event whose rows are gone is drifted, one that is dead is undelivered, and the back-fill replays our own event", async () => {
  await addShop();
  provider.events = [logged(1), logged(2)];
  endpoint.answer((body) => (JSON.stringify(body).includes("evt_2") ? 422 : 200));
  for (const { body } of provider.events) await send("stripe", body);
  await workUntilIdle();
  await desk.sql`delete from subscriptions where subscription_id = 'sub_1'`;
  const run = await reconcile(desk.sql);
  expect(await states()).toMatchObject([
    { identity: "evt_1", kind: "drifted", has_event: true },
    { identity: "evt_2", kind: "undelivered", has_event: true },
  ]);
  const [drifted] = await desk.sql`select body, difference from findings where kind = 'drifted'`;
  expect(drifted).toMatchObject({ body: null });
  expect(drifted?.difference).toContainEqual(
    expect.objectContaining({ table: "subscriptions", column: "status", ours: null, provider: "active" }),
  );
  endpoint.answer(200);
  await backFill(run.id, { all: true }, ada);
  await deliverAndSettle();
  expect(await desk.sql`select subscription_id as id from subscriptions order by 1`).toEqual([
    { id: "sub_1" },
    { id: "sub_2" },
  ]);
  expect((await getRun(desk.sql, run.id)).counts).toMatchObject({ undelivered: 0, drifted: 0, repaired: 2 });
  expect(await desk.sql`select from events`).toHaveLength(2);
  // What succeeded before was not delivered again.
  expect(endpoint.arrivals.filter(({ status }) => status === 200)).toHaveLength(2);
});
