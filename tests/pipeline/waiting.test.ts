/**
 * What waits, what holds it and the way out of an open circuit: one definition each, which pages, lists and the API share.
 * Long because it has one test per hold and figure.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tryDestinationNow } from "@/lib/commands/destination-tests";
import { controlReplay, createAndStartReplay, createReplay } from "@/lib/commands/replays";
import { resolveEvents } from "@/lib/commands/resolve";
import type { Destination } from "@/lib/contract/destinations";
import type { Replay } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import { readAnalytics } from "@/lib/queries/analytics";
import { listDeadLetterGroups, readNavCounts } from "@/lib/queries/dead-letters";
import { listDestinations } from "@/lib/queries/destinations";
import { getEvent } from "@/lib/queries/events";
import { previewReplay } from "@/lib/queries/replay-preview";
import { getReplay, listReplayItems, summariseReplay } from "@/lib/queries/replays";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";

const HOUR_MS = 3_600_000;

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
  await desk.sql`truncate event_keys, events, deliveries, attempts, replays, replay_items, staff_actions, notices cascade`;
  await desk.sql`delete from destinations where managed`;
});

/** Ten failed attempts open the circuit; their retries are due in an hour. `more` deliveries wait with them. */
async function opened(more: number): Promise<number> {
  const id = await addDestination(desk.sql, "shop", endpoint.url, { base_delay_ms: HOUR_MS, max_attempts: 3 });
  endpoint.answer(500);
  await publish(desk.sql, "shop", 10);
  await workUntilIdle();
  await publish(desk.sql, "shop", more, { from: 10 });
  endpoint.arrivals.length = 0;
  endpoint.answer(200);
  return id;
}

/** Events whose only attempt failed, with an error that does not count against the endpoint. */
async function dead(count: number, settings: Record<string, string | number> = {}): Promise<number> {
  const id = await addDestination(desk.sql, "shop", endpoint.url, { max_attempts: 1, ...settings });
  endpoint.answer(422);
  await publish(desk.sql, "shop", count);
  await workUntilIdle();
  await desk.sql`update destinations set max_attempts = 3, base_delay_ms = ${HOUR_MS} where id = ${id}`;
  endpoint.arrivals.length = 0;
  return id;
}

const destination = async (id: number) =>
  (await listDestinations(EVERYTHING)).find((one) => one.id === `ds_${id}`) as Destination;
const allDead = { filter: { delivery_status: ["dead"] } };
const replay = (options: Record<string, unknown>) =>
  createAndStartReplay({ kind: "criteria", reason: "mended", selection: allDead, options }, ada);
const advance = () => call("pipeline", "advance_replays", {});

describe("an open circuit is tried now", () => {
  test("the next waiting delivery goes out at once although its retry is an hour away, and the audit says who asked", async () => {
    const id = await opened(0);
    expect(await workUntilIdle()).toBe(0);
    await tryDestinationNow(id, false, ada);
    await workUntilIdle();
    expect(endpoint.arrivals).toHaveLength(1);
    expect(await destination(id)).toMatchObject({ hold: null, health: { breaker: "closed", waiting: 9 } });
    const [noted] = await desk.sql`select actor, action, subject, details from staff_actions`;
    expect(noted).toEqual({
      actor: "Ada",
      action: "destination.try_now",
      subject: `ds_${id}`,
      details: { all: false },
    });
  });

  test("with all of them, the waiting ones follow as soon as the first succeeds", async () => {
    const id = await opened(4);
    await tryDestinationNow(id, true, ada);
    await workUntilIdle();
    expect(endpoint.arrivals).toHaveLength(14);
    expect(await destination(id)).toMatchObject({ health: { waiting: 0, breaker: "closed" } });
  });

  test("of callers at the same moment one is let through, and the others are told", async () => {
    const id = await opened(3);
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => tryDestinationNow(id, false, ada)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === "rejected")
        expect(answer.reason).toMatchObject({ code: "not_tried", data: { because: "trying" } });
    }
    endpoint.answer(500);
    await workUntilIdle();
    expect(endpoint.arrivals).toHaveLength(1);
    expect(await destination(id)).toMatchObject({ hold: { why: "circuit" } });
  });

  test("two were let through when the second had begun first: it is told, too", async () => {
    const id = await opened(3);
    const tryNow = (sql: Desk["sql"]) => sql`select try_destination_now(${id}, false, null, 'Ada', '1', 'r') as answer`;
    await desk.sql.begin(async (earlier) => {
      await earlier`select now()`;
      expect((await tryNow(desk.sql))[0]?.answer).toMatchObject({ result: "done" });
      expect((await tryNow(earlier as never))[0]?.answer).toMatchObject({ result: "trying" });
    });
  });

  test("not while it is paused, disabled, closed or slowed down, each with its name", async () => {
    const id = await opened(1);
    const refused = async () =>
      call("console", "try_destination_now", {
        ...{ p_id: id, p_all: false, ...scopeOf(EVERYTHING), p_actor: "Ada", p_actor_id: "1", p_request_id: "r" },
      });
    await desk.sql`update destinations set paused_at = now() where id = ${id}`;
    expect(await refused()).toMatchObject({ result: "paused" });
    await desk.sql`update destinations set paused_at = null, enabled = false, disabled_at = now() where id = ${id}`;
    expect(await refused()).toMatchObject({ result: "disabled" });
    await desk.sql`update destinations set enabled = true, disabled_at = null where id = ${id}`;
    await desk.sql`update destination_health set throttled_until = now() + interval '1 minute'`;
    expect(await refused()).toMatchObject({ result: "throttled", until: expect.any(String) });
    await desk.sql`update destination_health set throttled_until = null, breaker = 'closed', opened_at = null`;
    expect(await refused()).toMatchObject({ result: "closed" });
    expect(await desk.sql`select from staff_actions`).toHaveLength(0);
  });

  test("an ordered destination sends the oldest of its key, not the one that happens to be due", async () => {
    const id = await opened(0);
    await desk.sql`update destinations set ordering = 'all' where id = ${id}`;
    await desk.sql`update deliveries set ordering_key = ''`;
    await publish(desk.sql, "shop", 3, { from: 10 });
    await tryDestinationNow(id, false, ada);
    await workUntilIdle();
    expect(endpoint.arrivals[0]?.body.n).toBe(0);
  });
});

describe("what waits is counted once", () => {
  test("the overview's sums are those of the destinations, also behind an open circuit and a pause", async () => {
    const id = await opened(4);
    const other = await addDestination(desk.sql, "till", endpoint.url);
    await publish(desk.sql, "till", 3);
    await desk.sql`update destinations set paused_at = now() where id = ${other}`;
    await call("pipeline", "maintain_destinations", { p_disable_after_days: 5 });
    await publish(desk.sql, "till", 2, { from: 3 });

    const { waiting } = await readAnalytics({ range: "24h" }, EVERYTHING);
    const all = await listDestinations(EVERYTHING);
    const sum = (pick: "waiting" | "held") => all.reduce((total, { health }) => total + health[pick], 0);
    expect(waiting).toMatchObject({ count: 14, blocked: 14, held: 5, oldest_due_seconds: null });
    expect([sum("waiting"), sum("held")]).toEqual([waiting.count, waiting.held]);
    expect((await destination(id)).hold).toMatchObject({ why: "circuit", until: expect.any(String) });
  });

  test("what a person marked as resolved is dead nowhere, also not at its destination", async () => {
    const id = await dead(3);
    const [event] = await desk.sql<{ id: number }[]>`select id::int as id from events limit 1`;
    await resolveEvents({ ids: [Number(event?.id)], reason: "sent by hand" }, ada);
    expect((await listDeadLetterGroups(EVERYTHING)).total).toEqual({ groups: 1, deliveries: 2, events: 2 });
    expect((await destination(id)).health.dead).toBe(2);
    expect(await readNavCounts(EVERYTHING)).toMatchObject({ dead_letters: 2 });
  });

  test("what is at the endpoint does not wait", async () => {
    const id = await addDestination(desk.sql, "shop", endpoint.url);
    await publish(desk.sql, "shop", 2);
    await desk.sql`update deliveries set status = 'claimed', lease_until = now() + interval '1 minute' where id = (select min(id) from deliveries)`;
    expect((await destination(id)).health.waiting).toBe(1);
    expect((await readAnalytics({ range: "24h" }, EVERYTHING)).waiting.count).toBe(1);
  });
});

describe("what holds a delivery is said", () => {
  test("who paused it, who disabled it and why", async () => {
    const id = await addDestination(desk.sql, "shop", endpoint.url);
    const who = { p_id: id, ...scopeOf(EVERYTHING), p_actor: "Ada", p_actor_id: "staff-1", p_request_id: "r" };
    await call("console", "pause_destination", who);
    expect((await destination(id)).hold).toMatchObject({ why: "paused", by: "Ada", since: expect.any(String) });
    await call("console", "disable_destination", { ...who, p_actor: "Bob", p_because: "The merchant left." });
    expect((await destination(id)).hold).toMatchObject({ why: "disabled", by: "Bob", because: "The merchant left." });
  });

  test("a draft and a running replay name the circuit that holds them, and until when", async () => {
    await dead(4);
    const opens = `update destination_health set breaker = 'open', opened_at = now(), probe_at = now() + interval '7 minutes'`;
    await desk.sql.unsafe(opens);
    const ask = { kind: "criteria", reason: "mended", selection: allDead, options: {} } as const;
    const { holds } = await previewReplay(await createReplay(ask, ada), EVERYTHING);
    expect(holds).toMatchObject([{ why: "circuit", destination: "shop", deliveries: 4, until: expect.any(String) }]);

    const running = await replay({});
    await advance();
    expect((await summariseReplay(running.id, EVERYTHING)).holds).toEqual(holds);
    const [item] = await listReplayItems(running.id, { limit: 1 }, EVERYTHING);
    expect(item?.hold).toMatchObject({ why: "circuit", until: holds[0]?.until });
  });

  test("an event behind an older one of its key names it and its retry, and not a worker that it waits for", async () => {
    await addDestination(desk.sql, "shop", endpoint.url, {
      base_delay_ms: HOUR_MS,
      max_attempts: 3,
      ordering: "object",
    });
    endpoint.answer(500);
    await publish(desk.sql, "shop", 1, { objects: 1 });
    await workUntilIdle();
    await publish(desk.sql, "shop", 1, { from: 1, objects: 1 });
    const [older, newer] = await desk.sql<{ id: number }[]>`select id::int as id from events order by id`;
    const event = await getEvent(`we_${newer?.id}`, EVERYTHING);
    expect(event?.deliveries[0]?.hold).toMatchObject({ why: "order", event_id: `we_${older?.id}` });
    const [retry] = await desk.sql`select public.iso(due_at) as at from deliveries where status = 'retrying'`;
    expect(event?.deliveries[0]?.hold?.until).toBe(retry?.at);
    const first = await getEvent(`we_${older?.id}`, EVERYTHING);
    expect(first?.deliveries[0]?.hold).toBeNull();
  });

  test("an ordered delivery behind an older one of another run", async () => {
    const id = await dead(1, { ordering: "all" });
    await desk.sql`update deliveries set ordering_key = ''`;
    const running = await replay({});
    await publish(desk.sql, "shop", 1, { from: 1 });
    // The older one waits for its retry; the replayed one has the higher id.
    await desk.sql`update replay_items set delivery_id = (select max(id) from deliveries)`;
    await desk.sql`update deliveries set replay_id = null, status = 'retrying', due_at = now() + interval '1 hour' where id = (select min(id) from deliveries)`;
    const [hold] = (await summariseReplay(running.id, EVERYTHING)).holds;
    expect(hold).toMatchObject({
      why: "order",
      destination_id: `ds_${id}`,
      event_id: expect.stringMatching(/^we_\d+$/),
    });
  });
});

describe("a trial", () => {
  test("that can no longer keep its limit stops at once, although its failures wait for their retries", async () => {
    await dead(37);
    endpoint.answer(({ n }) => (n % 2 === 0 ? 500 : 200));
    const running = await replay({ canary: 5, stopOnFailureRate: 0.2 });
    await advance();
    await workUntilIdle();
    await advance();

    const stopped = (await getReplay(running.id, EVERYTHING)) as Replay;
    expect(stopped).toMatchObject({
      ...{ status: "stopped", stopped_because: "Trial: 3 of 5 failed, the limit is 20 %." },
      ...{ total: 37, succeeded: 2, failed: 0, skipped: 32, in_progress: 3 },
    });
    expect((await summariseReplay(running.id, EVERYTHING)).trial).toEqual({
      ...{ size: 5, succeeded: 2, failed: 3, retrying: 3, allowed: 1, limit: 0.2, state: "failed" },
    });
    expect(endpoint.arrivals).toHaveLength(5);
  });

  test("that keeps its limit lets the rest go", async () => {
    await dead(12);
    endpoint.answer(200);
    const running = await replay({ canary: 5, stopOnFailureRate: 0.2 });
    for (let round = 0; round < 5; round += 1) {
      await advance();
      await workUntilIdle();
    }
    expect(await getReplay(running.id, EVERYTHING)).toMatchObject({ status: "completed", succeeded: 12 });
    expect((await summariseReplay(running.id, EVERYTHING)).trial).toMatchObject({
      succeeded: 5,
      failed: 0,
      state: "passed",
    });
  });

  test("the figures of a replay add up at every moment, also after it was cancelled in its trial", async () => {
    await dead(9);
    endpoint.answer(500);
    const running = await replay({ canary: 5, stopOnFailureRate: 0.9 });
    await advance();
    await workUntilIdle();
    await controlReplay(running.id, "cancel", ada);
    const { total, succeeded, failed, skipped, in_progress } = (await getReplay(running.id, EVERYTHING)) as Replay;
    expect(succeeded + failed + skipped + in_progress).toBe(total);
    expect({ skipped, in_progress }).toEqual({ skipped: 4, in_progress: 5 });
  });
});

test("the attempts of a replayed delivery are counted for its run: never 4 of 3", async () => {
  await dead(1);
  endpoint.answer(500);
  await replay({ maxRetries: 2, retryDelaySeconds: 3_600 });
  await advance();
  await workUntilIdle();
  const [event] = await desk.sql<{ id: string }[]>`select 'we_' || id as id from events`;
  const [delivery] = (await getEvent(event?.id ?? "", EVERYTHING))?.deliveries ?? [];
  expect(delivery).toMatchObject({ status: "retrying", attempt_count: 2, tries: 1, max_attempts: 3 });
});
