/** From receipt to delivered: each event once, with the time it took, and not what a replay delivered. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { readAnalytics } from "@/lib/queries/analytics";
import { nextUuid } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { shiftClock } from "../support/clock";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.sql`truncate event_keys, events, deliveries, statistics, statistics_hours, metric_counters cascade`;
});
afterEach(() => shiftClock(desk.sql, "0"));

const NOTHING = { count: 0, p50_ms: null, p95_ms: null, p99_ms: null };

const read = async (range: "1h" | "24h" = "1h") => (await readAnalytics({ range }, EVERYTHING)).event_to_delivered;

const counters = () => desk.sql`
  select outcome, sum(count)::int as count, sum(duration_ms)::int as ms from metric_counters
  where metric = 'event' group by 1 order by 1`;

/** Receives an event of which no delivery succeeds while its destinations are paused. */
const receive = () => send("stripe", stripeEvent({ id: nextUuid() }));

test("an event counts once it is delivered, in both spans and for all who ask", async () => {
  await receive();
  expect(await read()).toEqual(NOTHING);
  await workUntilIdle();
  for (const range of ["1h", "24h"] as const) {
    const { count, p50_ms, p99_ms } = await read(range);
    expect(count).toBe(1);
    expect(p50_ms).toBeGreaterThan(0);
    expect(p99_ms).toBeLessThanOrEqual(60_000);
  }
  expect((await readAnalytics({ range: "1h" }, { organisations: ["org_else"] })).event_to_delivered).toEqual(NOTHING);
});

test("it takes as long as its event waited, also days, within a bucket of that", async () => {
  await receive();
  await shiftClock(desk.sql, "5 hours");
  await receive();
  await workUntilIdle();
  const [row] = await desk.sql`
    select count(*)::int as count, latency_quantile(sum_latency(array_agg(latency)), 0.99, applied_bounds()) as p99
    from statistics where organisation_id = '' and outcome = 'applied'`;
  expect(row?.count).toBe(1);
  expect(row?.p99).toBeGreaterThan(4 * 3_600_000);
  expect(row?.p99).toBeLessThanOrEqual(12 * 3_600_000);
  expect(await counters()).toMatchObject([
    { outcome: "applied", count: 2 },
    { outcome: "processed", count: 2 },
  ]);
  const sum = Number((await counters())[0]?.ms);
  expect(sum).toBeGreaterThanOrEqual(5 * 3_600_000);
  expect(sum).toBeLessThan(5.1 * 3_600_000);
});

test("a replay adds nothing to it, and a second success of an event is counted as processed again", async () => {
  const id = eventIdIn(await receive());
  await workUntilIdle();
  const before = await read();
  // As a replay moves an event: back to work, then replayed.
  await desk.sql`update events set status = 'processing', processed_at = null where id = ${id}`;
  await desk.sql`update events set status = 'replayed', processed_at = now() where id = ${id}`;
  expect(await read()).toEqual(before);
  expect(await counters()).toMatchObject([
    { outcome: "applied", count: 1 },
    { outcome: "processed", count: 2 },
  ]);
});

test("counters only rise: a dead event that is replayed is one that failed and one that was processed", async () => {
  const id = eventIdIn(await receive());
  await desk.sql`update events set status = 'dead' where id = ${id}`;
  await desk.sql`update events set status = 'processing' where id = ${id}`;
  await desk.sql`update events set status = 'replayed', processed_at = now() where id = ${id}`;
  expect(await counters()).toMatchObject([
    { outcome: "failed", count: 1 },
    { outcome: "processed", count: 1 },
  ]);
  expect(await read()).toEqual(NOTHING);
});

test("attempts are counted by the kind of their destination, whatever else is counted at the same time", async () => {
  await Promise.all(Array.from({ length: 12 }, receive));
  await workUntilIdle();
  const [row] = await desk.sql`
    select sum(count)::int as count, (select sum(x)::int from unnest(sum_latency(array_agg(latency::integer[]))) x) as measured
    from metric_counters where metric = 'delivery' and label = 'tables' and outcome = 'delivered'`;
  expect(row).toEqual({ count: 12, measured: 12 });
});
