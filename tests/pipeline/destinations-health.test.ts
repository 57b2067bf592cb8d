/** Circuit, throttle, disabling and statistics of destinations. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAndStartReplay } from "@/lib/commands/replays";
import type { Destination } from "@/lib/contract/destinations";
import { call, closeDatabase } from "@/lib/db/client";
import { claim } from "@/lib/pipeline/claim";
import { startWorker, type Worker } from "@/lib/pipeline/worker";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import { type Arrival, addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { until } from "../support/processes";

let desk: Desk;
let endpoint: Endpoint;
let worker: Worker | undefined;
beforeAll(async () => {
  desk = await openDesk();
  await desk.sql`
    insert into staff_users (id, email, name, role, disabled_at) values
      ('00000000-0000-4000-8000-000000000001', 'ada@example.com', 'Ada', 'admin', null),
      ('00000000-0000-4000-8000-000000000002', 'bob@example.com', 'Bob', 'admin', null),
      ('00000000-0000-4000-8000-000000000003', 'gone@example.com', 'Gone', 'admin', now()),
      ('00000000-0000-4000-8000-000000000004', 'sue@example.com', 'Sue', 'support', null)`;
});
afterAll(() => desk.close());
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await endpoint.close();
  await desk.sql`truncate event_keys, events, deliveries, attempts, replays, staff_actions, notices cascade`;
  await desk.sql`delete from destinations where managed`;
});

const read = async (id: number) =>
  (
    await call("console", "read_health", {
      p_destination_ids: [id],
    })
  )[id] as Pick<Destination, "state" | "health">;
const attend = () => call("pipeline", "maintain_destinations", { p_disable_after_days: 5 });
const probeNow = (id: number) => desk.sql`update destination_health set probe_at = now() where destination_id = ${id}`;
const delivered = async () =>
  (await desk.sql`select count(*)::int from deliveries where status = 'delivered'`)[0]?.count as number;

/** Lets the endpoint fail until its circuit is open; `more` deliveries wait. */
async function opened(more: number): Promise<number> {
  const id = await addDestination(desk.sql, "shop", endpoint.url, { base_delay_ms: 3_600_000, max_attempts: 3 });
  endpoint.answer(500);
  await publish(desk.sql, "shop", 10);
  await workUntilIdle();
  await publish(desk.sql, "shop", more, { from: 10 });
  endpoint.arrivals.length = 0;
  return id;
}

describe("the circuit", () => {
  test("opens when half of at least ten attempts failed, and its deliveries wait without losing tries [F15]", async () => {
    const id = await opened(5);
    expect(await read(id)).toMatchObject({
      state: "open",
      health: { breaker: "open", failed: 10, consecutive_failures: 10 },
    });
    const { work, next_due_ms } = await claim("w", 10, 30);
    expect(work).toEqual([]);
    expect(next_due_ms).toBeGreaterThan(20_000);
    expect(next_due_ms).toBeLessThanOrEqual(30_000);
    expect(await desk.sql`select distinct tries from deliveries where status = 'pending'`).toEqual([{ tries: 0 }]);
  });

  test("stays closed when clients are at fault, or less than half fails", async () => {
    const id = await addDestination(desk.sql, "shop", endpoint.url, { max_attempts: 1 });
    endpoint.answer(({ n }) => (n % 3 === 0 ? 500 : n % 3 === 1 ? 422 : 200));
    await publish(desk.sql, "shop", 30);
    await workUntilIdle();
    expect(await read(id)).toMatchObject({
      health: { breaker: "closed", succeeded: 10, failed: 20, success_rate: 33.3 },
    });
  });

  test("lets exactly one delivery try, over all workers, and waits twice as long when it fails", async () => {
    const id = await opened(5);
    await probeNow(id);
    const claims = await Promise.all(["a", "b", "c"].map((name) => claim(name, 10, 30)));
    const out = claims.flatMap((answer) => answer.work);
    expect(out).toHaveLength(1);
    expect((await read(id)).state).toBe("half_open");
    const { deliver } = await import("@/lib/pipeline/deliver");
    const { record } = await import("@/lib/pipeline/record");
    for (const work of out) await record(work, await deliver(work), Date.now() + 5_000);
    const { state, health } = await read(id);
    expect(state).toBe("open");
    expect(Date.parse(health.breaker_probe_at as string) - Date.now()).toBeGreaterThan(50_000);
    expect(Date.parse(health.breaker_probe_at as string) - Date.now()).toBeLessThanOrEqual(60_000);
  });

  test("closes when the probe is answered, and comes back slowly: one at a time, then two, four, … [F14]", async () => {
    const id = await opened(40);
    await closeDatabase(); // What a restart leaves: only the rows.
    expect((await read(id)).state).toBe("open");
    endpoint.answer(200);
    endpoint.takes(30);
    await probeNow(id);
    worker = startWorker();
    await until("all waiting are delivered", async () => (await delivered()) === 40);
    expect(endpoint.arrivals.slice(0, 2).map((arrival) => arrival.at)).toHaveLength(2);
    const [first, second] = endpoint.arrivals as [Arrival, Arrival];
    expect(second.at - first.at).toBeGreaterThanOrEqual(29);
    expect((await read(id)).health).toMatchObject({ breaker: "closed", consecutive_failures: 0, failing_since: null });
    expect(await desk.sql`select ramp from destination_health where destination_id = ${id}`).toEqual([{ ramp: null }]);
  });

  test("lets a person's own replay try at once", async () => {
    const id = await opened(3);
    await desk.sql`update deliveries set status = 'dead', finished_at = now() where status = 'retrying'`;
    endpoint.answer(200);
    const [dead] = await desk.sql`select event_id::int from deliveries where status = 'dead' order by id limit 1`;
    await createAndStartReplay(
      {
        kind: "single",
        selection: { event_ids: [dead?.event_id] },
        reason: "is it back?",
      },
      ada,
    );
    expect((await claim("w", 10, 30, { replayLimit: 0 })).work).toEqual([]);
    await workUntilIdle();
    expect(endpoint.arrivals[0]?.body.n).toBe(0);
    expect((await read(id)).health.breaker).toBe("closed");
  });
});

describe("an endpoint that asks to slow down", () => {
  test("is left alone for as long as it asks, and others are not [E11]", async () => {
    const id = await addDestination(desk.sql, "shop", endpoint.url, { max_concurrency: 1, max_attempts: 5 });
    const calm = await startEndpoint();
    await addDestination(desk.sql, "calm", calm.url);
    endpoint.answer(429, { "retry-after": "2" });
    worker = startWorker();
    await publish(desk.sql, "shop", 5);
    await until("it was asked", () => endpoint.arrivals.length > 0);
    endpoint.answer(200);
    await until("it is throttled", async () => (await read(id)).state === "throttled");
    await publish(desk.sql, "calm", 20);
    await until("the other got all", () => calm.arrivals.length === 20, 2_000);
    await until("all arrived", async () => (await delivered()) === 25);
    const [first, second] = endpoint.arrivals as [Arrival, Arrival];
    expect(second.at - first.at).toBeGreaterThan(1_900);
    expect((await read(id)).health.breaker).toBe("closed");
    await worker.stop();
    worker = undefined;
    await calm.close();
  });
});

describe("a destination is disabled", () => {
  const notices = () => desk.sql`select actor_id, subject, message from notices order by id`;

  test("by 410: what waits is held, and every administrator is told once [E10] [CP14]", async () => {
    const id = await addDestination(desk.sql, "shop", endpoint.url, { max_concurrency: 1 });
    endpoint.answer(410);
    await publish(desk.sql, "shop", 4);
    await workUntilIdle();
    await Promise.all([attend(), attend()]);
    expect(endpoint.arrivals).toHaveLength(1);
    expect(await desk.sql`select status, count(*)::int from deliveries group by 1 order by 1`).toEqual([
      { status: "held", count: 3 },
      { status: "dead", count: 1 },
    ]);
    const [row] = await desk.sql`select enabled, disabled_because from destinations where id = ${id}`;
    expect(row).toEqual({ enabled: false, disabled_because: "It answered 410 Gone: it wants no more webhooks." });
    expect((await notices()).map((notice) => [notice.actor_id.at(-1), notice.subject])).toEqual([
      ["1", `ds_${id}`],
      ["2", `ds_${id}`],
    ]);
    expect(await desk.sql`select actor, action from staff_actions`).toEqual([
      { actor: "Redrive", action: "destination.disable" },
    ]);

    endpoint.answer(200);
    await call("console", "enable_destination", {
      ...scopeOf(EVERYTHING),
      p_id: id,
      p_actor: "Ada",
      p_actor_id: "1",
      p_request_id: "r",
    });
    await workUntilIdle();
    expect(await delivered()).toBe(3);
  });

  test("after five days of failures, with a warning after the first, each said once [E13] [CP14]", async () => {
    const id = await addDestination(desk.sql, "shop", endpoint.url, { max_attempts: 1 });
    endpoint.answer(500);
    let published = 0;
    const failAfter = async (days: number) => {
      await desk.sql`
        update destination_health set failing_since = now() - ${days} * interval '1 day' - interval '1 minute', breaker = 'closed', opened_at = null, ramp = null
        where destination_id = ${id}`;
      published += 0.001;
      await publish(desk.sql, "shop", 1, { from: Math.round(days * 10) + published });
      await workUntilIdle();
      await attend();
      return (await notices()).map((notice) => notice.message);
    };
    expect(await failAfter(0.5)).toEqual([]);
    expect(await failAfter(1)).toEqual(Array(2).fill(expect.stringContaining("will be disabled in 4 days")));
    expect(await failAfter(2)).toHaveLength(2);
    expect((await failAfter(5)).slice(2)).toEqual(Array(2).fill(expect.stringContaining("shop was disabled")));
    expect((await read(id)).state).toBe("disabled");
    expect(await desk.sql`select count(*)::int from deliveries`).toEqual([{ count: 4 }]);
  });
});

test("statistics equal attempts, and the quantiles what was measured", async () => {
  const id = await addDestination(desk.sql, "shop", endpoint.url, { max_attempts: 2 });
  endpoint.answer(({ n }) => (n % 4 === 0 ? 500 : 200));
  worker = startWorker();
  const other = startWorker();
  await publish(desk.sql, "shop", 200);
  await until(
    "all ended",
    async () => (await desk.sql`select from deliveries where finished_at is null limit 1`).length === 0,
  );
  await other.stop();
  const [counted] = await desk.sql`
    select count(*) filter (where status = 'succeeded')::int as succeeded, count(*) filter (where status = 'failed')::int as failed,
      percentile_cont(0.5) within group (order by duration_ms) as p50
    from attempts`;
  const { health } = await read(id);
  expect(health).toMatchObject({
    succeeded: counted?.succeeded,
    failed: counted?.failed,
    waiting: 0,
    held: 0,
    dead: 50,
  });
  expect(counted).toMatchObject({ succeeded: 150, failed: 100 });
  expect(health.hours).toHaveLength(24);
  expect(health.hours.at(-1)?.succeeded).toBeGreaterThan(0);
  const buckets =
    await desk.sql`select sum(x)::int as total from destination_statistics, unnest(latency) x where span = 'hour'`;
  expect(buckets).toEqual([{ total: 250 }]);
  expect(Math.abs((health.p50_ms as number) - counted?.p50)).toBeLessThanOrEqual(Math.max(5, counted?.p50 * 0.5));
});
