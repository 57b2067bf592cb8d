/** Paused and disabled destinations hold their deliveries, and release them in order. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import { claim } from "@/lib/pipeline/claim";
import { startWorker, type Worker } from "@/lib/pipeline/worker";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { alone } from "../support/machine";
import { until } from "../support/processes";

let desk: Desk;
let endpoint: Endpoint;
let worker: Worker | undefined;
beforeAll(async () => {
  desk = await openDesk();
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

const who = { p_actor: "Ada", p_actor_id: "staff-1", p_request_id: "r" };
const pause = (id: number) => call("console", "pause_destination", { ...scopeOf(EVERYTHING), p_id: id, ...who });
const resume = (id: number) => call("console", "resume_destination", { ...scopeOf(EVERYTHING), p_id: id, ...who });
const attend = () => call("pipeline", "maintain_destinations", { p_disable_after_days: 5 });
const statuses = async () =>
  Object.fromEntries(
    (await desk.sql`select status, count(*)::int from deliveries group by 1`).map((row) => [row.status, row.count]),
  );

test("1,000 events for a paused destination wait, and are delivered in order within its rate when it is resumed", async () => {
  const id = await addDestination(desk.sql, "shop", endpoint.url, { ordering: "object", rate_per_second: 100 });
  await pause(id);
  worker = startWorker();
  await publish(desk.sql, "shop", 1_000, { objects: 20 });
  expect(await statuses()).toEqual({ held: 1_000 });
  expect(endpoint.arrivals).toHaveLength(0);
  await resume(id);
  await until("all arrived", () => endpoint.arrivals.length >= 1_000, 100_000);
  for (let object = 0; object < 20; object += 1) {
    const numbers = endpoint.arrivals.map((arrival) => arrival.body.n).filter((n) => n % 20 === object);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, n) => n * 20 + object));
  }
  const times = endpoint.arrivals.map((arrival) => arrival.at);
  const seconds = ((times.at(-1) as number) - (times[0] as number)) / 1000;
  expect(999 / seconds).toBeLessThan(110);
});

test("what was waiting is held as it was: a retry keeps its tries and its time", async () => {
  const id = await addDestination(desk.sql, "shop", endpoint.url, { base_delay_ms: 3_600_000 });
  await publish(desk.sql, "shop", 2);
  await desk.sql`update deliveries set due_at = now() + interval '1 day' where id = (select max(id) from deliveries)`;
  endpoint.answer(500);
  await workUntilIdle();
  expect(await statuses()).toEqual({ retrying: 1, pending: 1 });
  const before = await desk.sql`select id, status, tries, due_at from deliveries order by id`;
  await pause(id);
  expect(await statuses()).toEqual({ held: 2 });
  expect(await desk.sql`select distinct status from events order by 1`).toEqual([
    { status: "received" },
    { status: "failed" },
  ]);
  await resume(id);
  const [retried, fresh] =
    await desk.sql`select id, status, tries, due_at, due_at <= now() as due from deliveries order by id`;
  expect(retried).toMatchObject({ ...before[0], due: false });
  expect(fresh).toMatchObject({ status: "pending", tries: 0, due: true });
});

test("what is at the endpoint when it is paused ends, and is held when it needs another try", async () => {
  const id = await addDestination(desk.sql, "shop", endpoint.url);
  await publish(desk.sql, "shop", 2);
  endpoint.answer(({ n }) => (n === 0 ? 500 : 200));
  endpoint.takes(300);
  worker = startWorker();
  await until("both are there", () => endpoint.arrivals.length === 2);
  await pause(id);
  await until("both ended", async () => (await statuses()).claimed === undefined);
  expect(await statuses()).toEqual({ delivered: 1, held: 1 });
  endpoint.answer(200);
  await resume(id);
  await until("it is delivered", async () => (await statuses()).delivered === 2);
});

test("newer events queue behind the held ones while those are being released", async () => {
  const id = await addDestination(desk.sql, "shop", endpoint.url);
  await pause(id);
  await publish(desk.sql, "shop", 2);
  await desk.sql`update destinations set paused_at = null where id = ${id}`;
  await publish(desk.sql, "shop", 1, { from: 2 });
  expect(await statuses()).toEqual({ held: 3 });
  await attend();
  expect((await claim("w", 10, 30)).work.map((work) => work.event.event_key)).toEqual(["shop-0", "shop-1", "shop-2"]);
});

test("pausing and resuming against accept, claim and record strands nothing, and loses and doubles nothing", async () => {
  const id = await addDestination(desk.sql, "shop", endpoint.url, { max_concurrency: 20, max_attempts: 30 });
  let requests = 0;
  endpoint.answer(() => (requests++ % 5 === 0 ? 429 : 200));
  worker = startWorker();
  const other = startWorker();
  let publishing = true;
  const switching = (async () => {
    while (publishing) {
      await pause(id);
      await new Promise((resolve) => setTimeout(resolve, 15));
      await resume(id);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  })();
  await Promise.all([0, 1, 2].map((lane) => publish(desk.sql, "shop", 200, { from: lane * 200 })));
  publishing = false;
  await switching;

  await pause(id);
  await until("nothing flows at the paused destination", async () =>
    Object.keys(await statuses()).every((status) => status === "held" || status === "delivered"),
  );
  const arrived = endpoint.arrivals.length;
  await publish(desk.sql, "shop", 20, { from: 600 });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(endpoint.arrivals).toHaveLength(arrived);

  await resume(id);
  await until("all are delivered", async () => (await statuses()).delivered === 620, 60_000);
  await other.stop();
  const taken = endpoint.arrivals.filter((arrival) => arrival.status === 200).map((arrival) => arrival.body.n);
  expect(taken).toHaveLength(620);
  expect(new Set(taken).size).toBe(620);
  expect(await desk.sql`select max(attempt_count - tries) as strange from deliveries`).toEqual([{ strange: 0 }]);
});

describe("100,000 held deliveries", () => {
  test("are released in batches: neither the door nor another destination waits for it", async () => {
    await alone();
    const id = await addDestination(desk.sql, "shop", endpoint.url);
    await desk.sql`
      insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256, fingerprint, method, path, headers)
      select 'shop', n, 'thing.changed', 'signed', 'ok', 2, '', '', 'POST', '/', '[]'
      from generate_series(1, 100000) n`;
    await desk.sql`insert into deliveries (event_id, destination_id) select id, ${id} from events`;
    const timed = async (what: () => Promise<unknown>) => {
      const started = performance.now();
      await what();
      return Math.round(performance.now() - started);
    };
    const paused = await timed(() => pause(id));
    for (let round = 0; (await statuses()).pending; round += 1)
      expect(await timed(attend), `${round}`).toBeLessThan(1_500);
    expect(await statuses()).toEqual({ held: 100_000 });
    const resumed = await timed(() => resume(id));
    const accepted = await timed(() => publish(desk.sql, "shop", 1, { from: 200_000 }));
    let rounds = 0;
    let longest = 0;
    for (; (await statuses()).held; rounds += 1) longest = Math.max(longest, await timed(attend));
    console.log(
      `pause ${paused} ms, resume ${resumed} ms, accept ${accepted} ms, ${rounds} batches of at most ${longest} ms`,
    );
    expect(Math.max(paused, resumed, accepted, longest)).toBeLessThan(1_500);
    const [order] = await desk.sql`
      select bool_and(due_at >= before) as kept from (select due_at, lag(due_at) over (order by id) as before from deliveries) d`;
    expect(order).toEqual({ kept: true });
  });
});
