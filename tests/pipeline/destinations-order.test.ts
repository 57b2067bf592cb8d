/** Rate and order of destinations, as two workers keep them together. */
import type postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claim, type Work } from "@/lib/pipeline/claim";
import { startWorker } from "@/lib/pipeline/worker";
import { storeBodies } from "../support/bodies";
import { type Desk, openDesk } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { alone } from "../support/machine";
import { until } from "../support/processes";

let desk: Desk;
let endpoint: Endpoint;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(async () => {
  await endpoint.close();
  await desk.sql`truncate event_keys, events, deliveries, attempts, replays cascade`;
  await desk.sql`delete from destinations where managed`;
});

/** Runs two workers until every delivery has ended. */
async function twoWorkers(limitMs = 60_000): Promise<void> {
  const workers = [startWorker(), startWorker()];
  await until(
    "all deliveries ended",
    async () => (await desk.sql`select from deliveries where status not in ('delivered', 'dead') limit 1`).length === 0,
    limitMs,
  );
  await Promise.all(workers.map((worker) => worker.stop()));
}

const numbersOf = (object: string) =>
  endpoint.arrivals.filter((arrival) => arrival.body.object === object && arrival.status === 200).map((a) => a.body.n);
const ascending = (numbers: number[]) => numbers.every((n, index) => index === 0 || n > (numbers[index - 1] as number));

describe("the rate of a destination", () => {
  test("is kept by two workers together [F14]", async () => {
    await addDestination(desk.sql, "rated", endpoint.url, { rate_per_second: 40 });
    await publish(desk.sql, "rated", 200);
    await twoWorkers();
    const times = endpoint.arrivals.map((arrival) => arrival.at).sort((a, b) => a - b);
    const seconds = ((times.at(-1) as number) - (times[0] as number)) / 1000;
    expect(times).toHaveLength(200);
    // Never faster. A machine that is busy for more than a tenth of a second loses the burst it could not save up.
    expect(199 / seconds).toBeGreaterThan(5);
    expect(199 / seconds).toBeLessThan(44);
    // In no second more than the rate, the burst of a tenth of a second, and one late arrival.
    for (const start of times) {
      expect(times.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(40 + 4 + 4);
    }
  });

  test("does not make a worker ask again and again: it hears when the next delivery may go", async () => {
    await addDestination(desk.sql, "rated", endpoint.url, { rate_per_second: 0.5 });
    await publish(desk.sql, "rated", 3);
    expect((await claim("w", 10, 30)).work).toHaveLength(1);
    const { work, next_due_ms } = await claim("w", 10, 30);
    expect(work).toEqual([]);
    expect(next_due_ms).toBeGreaterThan(1_500);
    expect(next_due_ms).toBeLessThanOrEqual(2_000);
  });
});

describe("deliveries of one object", () => {
  test("go one after the other, oldest first, through failures and retries on two workers", async () => {
    await addDestination(desk.sql, "ordered", endpoint.url, { ordering: "object", max_attempts: 20 });
    await publish(desk.sql, "ordered", 120, { objects: 6 });
    let requests = 0;
    // An error that does not count against the endpoint: its circuit is not tested here.
    endpoint.answer(() => (requests++ % 4 === 0 ? 429 : 200));
    endpoint.takes(3);
    await twoWorkers();
    expect(await desk.sql`select status, count(*)::int from deliveries group by 1`).toEqual([
      { status: "delivered", count: 120 },
    ]);
    for (let object = 0; object < 6; object += 1) {
      const numbers = numbersOf(`object-${object}`);
      expect(numbers).toHaveLength(20);
      expect(ascending(numbers)).toBe(true);
    }
    const together = await desk.sql`
      select from attempts a join deliveries d on d.id = a.delivery_id
      join deliveries e on e.ordering_key = d.ordering_key and e.destination_id = d.destination_id and e.id <> d.id
      join attempts b on b.delivery_id = e.id and b.started_at < a.finished_at and b.finished_at > a.started_at`;
    expect(together).toHaveLength(0);
  });

  test("wait for one that will be tried again, and not for one that is dead", async () => {
    await addDestination(desk.sql, "ordered", endpoint.url, { ordering: "all" });
    await publish(desk.sql, "ordered", 3);
    const [first] = (await claim("w", 10, 30)).work as [Work];
    expect((await claim("w", 10, 30)).work).toEqual([]);
    await desk.sql`update deliveries set status = 'retrying', lease_until = null, due_at = now() + interval '1 hour' where id = ${first.delivery_id}`;
    const waiting = await claim("w", 10, 30);
    expect(waiting.work).toEqual([]);
    expect(waiting.next_due_ms).toBeGreaterThan(3_000_000);
    await desk.sql`update deliveries set status = 'dead', finished_at = now() where id = ${first.delivery_id}`;
    expect((await claim("w", 10, 30)).work.map((work) => work.event.event_key)).toEqual(["ordered-1"]);
  });

  test("do not wait for a replay that waits itself, nor does a replay run beside them", async () => {
    await addDestination(desk.sql, "ordered", endpoint.url, { ordering: "all" });
    await publish(desk.sql, "ordered", 3);
    const ids = (await desk.sql`select id::int from deliveries order by id`).map((row) => row.id);
    const lane = (id: number, status: string, due: string) =>
      desk.sql`update deliveries set lane = 'replay', status = ${status}, due_at = now() + ${due}::interval where id = ${id}`;
    await lane(ids[0], "retrying", "1 hour");
    const live = (await claim("w", 10, 30)).work;
    expect(live.map((work) => work.delivery_id)).toEqual([ids[1]]);
    await lane(ids[0], "retrying", "0 s");
    expect((await claim("w", 10, 30)).work).toEqual([]);
    await desk.sql`update deliveries set status = 'delivered', lease_until = null, finished_at = now() where id = ${ids[1]}`;
    // Both are free now, and one of them is sent.
    expect((await claim("w", 10, 30)).work.map((work) => work.delivery_id)).toEqual([ids[2]]);
    await desk.sql`update deliveries set status = 'delivered', lease_until = null, finished_at = now() where id = ${ids[2]}`;
    expect((await claim("w", 10, 30)).work.map((work) => work.delivery_id)).toEqual([ids[0]]);
  });

  test("10,000 of them cost a claim no more than a few, and other objects have their turn", async () => {
    await alone();
    await addDestination(desk.sql, "ordered", endpoint.url, { ordering: "object", max_concurrency: 50 });
    const id = (await desk.sql`select id::int from destinations where slug = 'ordered'`)[0]?.id;
    await publish(desk.sql, "ordered", 1, { objects: 1 });
    await desk.sql`
      insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256, fingerprint, method, path, headers)
      select 'ordered', 'bulk-' || n, 'thing.changed', 'signed', 'ok', 2, '', '', 'POST', '/', '[]'
      from generate_series(1, 10300) n`;
    await storeBodies(desk.sql, "{}");
    await desk.sql`
      insert into deliveries (event_id, destination_id, ordering_key)
      select e.id, ${id}, case when row_number() over (order by e.id) <= 10000 then 'object-0' else 'other-' || e.id end
      from events e where e.event_key like 'bulk-%'`;
    const pages = async () => {
      const [row] = await desk.sql`explain (analyze, buffers, format json) select claim_deliveries('w', 10, 30)`;
      const { Plan } = (row as postgres.Row)["QUERY PLAN"][0];
      return Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
    };
    // The first call also loads the functions themselves.
    await pages();
    for (let round = 1; round < 5; round += 1) expect(await pages()).toBeLessThan(10_000);
    // One of the 10,001, and 49 others although they are younger.
    const [claimed] = await desk.sql`
      select count(*)::int as all, (count(*) filter (where ordering_key = 'object-0'))::int as first
      from deliveries where status = 'claimed'`;
    expect(claimed).toEqual({ all: 50, first: 1 });
  });
});
