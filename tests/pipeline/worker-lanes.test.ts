/** Endpoints that hang: rows and other endpoints continue, however many hang, and hanging ones still get their turn. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ClaimOptions, claim } from "@/lib/pipeline/claim";
import { runTick, startWorker, type Worker } from "@/lib/pipeline/worker";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { type Desk, openDesk, send } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { until } from "../support/processes";

/** Longer than any of these tests waits for the other endpoints. */
const TIMEOUT_MS = 30_000;

let desk: Desk;
let hanging: Endpoint;
let healthy: Endpoint;
let worker: Worker | undefined;

beforeAll(async () => {
  desk = await openDesk();
});
beforeEach(async () => {
  hanging = await startEndpoint();
  hanging.answer(0);
  healthy = await startEndpoint();
});
afterEach(async () => {
  // Ends the hanging requests.
  await Promise.all([hanging.close(), healthy.close()]);
  await worker?.stop();
  worker = undefined;
  await desk.sql`truncate event_keys, events, deliveries, attempts cascade`;
  await desk.sql`delete from destinations where managed`;
});
afterAll(() => desk.close());

async function addHanging(count: number, settings: Record<string, number> = {}): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < count; n += 1) {
    ids.push(await addDestination(desk.sql, `hang-${n}`, hanging.url, { timeout_ms: TIMEOUT_MS, ...settings }));
  }
  return ids;
}

const proven = (ids: number[]) => desk.sql`
  insert into destination_health (destination_id, last_success_at, recent_max_ms) select id, now(), 5 from unnest(${ids}::bigint[]) id`;

async function rowsWritten(): Promise<number> {
  const [row] = await desk.sql`
    select count(*)::int as count from deliveries d join events e on e.id = d.event_id
    where e.provider = 'stripe' and d.status = 'delivered'`;
  return row?.count ?? 0;
}

async function rowsAndTheHealthyGoOn(): Promise<void> {
  const started = Date.now();
  await publish(desk.sql, "shop", 20);
  for (let n = 0; n < 20; n += 1) await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
  await until("the rows are written", async () => (await rowsWritten()) === 20);
  await until("the healthy endpoint has its events", () => healthy.arrivals.length === 20);
  expect(Date.now() - started).toBeLessThan(TIMEOUT_MS / 2);
}

test.each([4, 40])(
  "%i endpoints that hang all at once stall neither the rows nor an endpoint that answers",
  async (count) => {
    const ids = await addHanging(count);
    await proven([...ids, await addDestination(desk.sql, "shop", healthy.url)]);
    for (let n = 0; n < count; n += 1) await publish(desk.sql, `hang-${n}`, 10);
    worker = startWorker();
    // As many as the process works on at a time.
    await until("they hold what they can get", () => hanging.arrivals.length >= 32);
    await rowsAndTheHealthyGoOn();
  },
);

test("forty new endpoints that hang leave the slots to the others, and are tried all the same", async () => {
  await addHanging(40);
  await addDestination(desk.sql, "shop", healthy.url);
  for (let n = 0; n < 40; n += 1) await publish(desk.sql, `hang-${n}`, 3);
  worker = startWorker();
  await rowsAndTheHealthyGoOn();
  await until("most of them were tried", async () => {
    const [row] =
      await desk.sql`select count(distinct d.destination_id)::int as count from deliveries d where d.attempt_count > 0`;
    return (row?.count ?? 0) > 30;
  });
});

test("an endpoint that answers again has its slots back with its first prompt answer", async () => {
  const [id] = await addHanging(1, { timeout_ms: 2_100 });
  await proven([id as number]);
  await publish(desk.sql, "hang-0", 1);
  worker = startWorker();
  const lately = async () =>
    (await desk.sql`select recent_max_ms from destination_health where destination_id = ${id as number}`)[0]
      ?.recent_max_ms;
  await until("it timed out", async () => (await lately()) >= 2_000);
  hanging.answer(200);
  await until("it answered again", async () => (await lately()) < 2_000);
  hanging.takes(300);
  await publish(desk.sql, "hang-0", 30, { from: 100 });
  await until("it has all of its concurrency", () => hanging.mostAtOnce() >= 8);
});

test("of those that hang each gets its turn, and none takes a slot of those that answer", async () => {
  const ids = await addHanging(12);
  await desk.sql`insert into destination_health (destination_id, last_success_at, recent_max_ms)
    select id, now(), 5000 from unnest(${ids}::bigint[]) id`;
  await addDestination(desk.sql, "shop", healthy.url);
  for (let n = 0; n < 12; n += 1) await publish(desk.sql, `hang-${n}`, 40);
  const tried = new Set<number>();
  for (let round = 0; round < 40 && tried.size < 12; round += 1) {
    const { work } = await claim("w", 8, 30, {
      slots: 8,
      kind: "http",
      shares: { unproven: 4, slow: 4, slow_slots: 4, late: [] },
    });
    expect(work.map((item) => item.pace)).toEqual(["slow", "slow", "slow", "slow"]);
    for (const item of work) tried.add(item.destination.id);
    await desk.sql`update deliveries set status = 'pending', lease_until = null, due_at = now() + interval '1 hour' where status = 'claimed'`;
  }
  expect(tried.size).toBe(12);
  // All slots for slow endpoints are taken: a claim still serves the others, and sets no next time.
  const full: ClaimOptions = { slots: 8, kind: "http", shares: { unproven: 4, slow: 0, slow_slots: 4, late: [] } };
  expect(await claim("w", 8, 30, full)).toMatchObject({ work: [], waiting: expect.arrayContaining([ids[0]]) });
  await publish(desk.sql, "shop", 5);
  expect((await claim("w", 8, 30, full)).work.map((item) => [item.destination.slug, item.pace])).toEqual([
    ["shop", "unproven"],
    ["shop", "unproven"],
  ]);
});

test("a hanging endpoint does not hold the rows of a serverless tick", async () => {
  await addHanging(4);
  for (let n = 0; n < 4; n += 1) await publish(desk.sql, `hang-${n}`, 10);
  for (let n = 0; n < 60; n += 1) await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
  let ended = false;
  const tick = runTick().finally(() => {
    ended = true;
  });
  await until("all rows are written", async () => (await rowsWritten()) === 60);
  expect(ended).toBe(false);
  await hanging.close();
  expect(await tick).toBeGreaterThanOrEqual(60 + 4);
  hanging = await startEndpoint();
});

describe("a serverless tick", () => {
  test("goes on until nothing is due, and waits for a retry that falls into its time", async () => {
    await addDestination(desk.sql, "busy", healthy.url, { max_concurrency: 2, base_delay_ms: 2_500, max_attempts: 2 });
    let refuseFirst = true;
    healthy.answer(({ n }) => {
      if (n !== 0 || !refuseFirst) return 200;
      refuseFirst = false;
      return 503;
    });
    // One claim takes two of them at a time.
    await publish(desk.sql, "busy", 60);
    expect(await runTick(20_000)).toBe(61);
    const [left] = await desk.sql`select count(*)::int as n from deliveries where status <> 'delivered'`;
    expect(left?.n).toBe(0);
  });

  test("ends when its time is up, and the next one goes on with what is left", async () => {
    await addDestination(desk.sql, "slow", healthy.url, { max_concurrency: 1 });
    healthy.takes(100);
    await publish(desk.sql, "slow", 40);
    const startedAt = Date.now();
    const first = Number(await runTick(1_000));
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    expect(first).toBeLessThan(40);
    const [open] = await desk.sql`select count(*)::int as n from deliveries where status = 'claimed'`;
    expect(open?.n).toBe(0);
    expect(Number(await runTick(120_000)) + first).toBe(40);
  });

  test("of two in one process the second leaves the work to the first", async () => {
    const [first, second] = await Promise.all([runTick(1_000), runTick(1_000)]);
    expect([first, second]).toEqual([0, null]);
  });
});
