/** The history: pages both ways without gaps or repetitions, and a histogram that matches the list. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type EventFilter, eventFilterSchema } from "@/lib/contract/event-filter";
import type { EventHistogram } from "@/lib/contract/history";
import { countEvents, listEvents } from "@/lib/queries/events";
import { countEventTypes, readHistogram } from "@/lib/queries/history";
import { EVERYTHING } from "@/lib/scope";
import { type Desk, openDesk } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(() => desk.sql`truncate event_keys, events, statistics cascade`);

const STATUSES = ["processed", "dead", "failed", "received", "processing", "ignored", "replayed", "resolved"];

/** Events straight into the table, three at a time with the same received_at, the first the oldest; and their statistics. */
async function store(count: number, minutesAgo = 60): Promise<void> {
  await desk.sql`
    insert into events (provider, event_key, event_type, status, trust, parse_status, body_size, body_sha256,
      fingerprint, method, path, headers, received_at)
    select (array['stripe', 'telnyx'])[1 + n % 2], key, 'type.' || n % 3,
      (${STATUSES}::text[])[1 + n % 8]::event_status, 'signed', 'ok', 0, '', '', 'POST', '/', '[]',
      now() - ${minutesAgo}::integer * interval '1 minute' + (n / 3) * interval '7 seconds'
    from generate_series(1, ${count}::integer) n
    cross join lateral (select 'key_' || ${minutesAgo}::integer || '_' || n as key) k`;
  await desk.sql`truncate statistics`;
  await desk.sql`
    insert into statistics (minute, provider, event_type, outcome, shard, count)
    select date_trunc('minute', received_at), provider, event_type, 'received', 0, count(*) from events group by 1, 2, 3`;
}

const keysOf = (page: { events: { event_key: string }[] }) => page.events.map((event) => event.event_key);
const newestFirst = async () =>
  (await desk.sql`select event_key from events order by received_at desc, id desc`).map((row) => row.event_key);

describe("pages", () => {
  test("lead back and forth over the same events, also where many have one time", async () => {
    await store(23);
    const pages: string[][] = [];
    let page = await listEvents({}, { limit: 4 }, EVERYTHING);
    expect(page.previous_cursor).toBeNull();
    for (;;) {
      pages.push(keysOf(page));
      if (!page.next_cursor) break;
      page = await listEvents({}, { limit: 4, cursor: page.next_cursor }, EVERYTHING);
    }
    expect(pages.flat()).toEqual(await newestFirst());

    const back: string[][] = [keysOf(page)];
    while (page.previous_cursor) {
      page = await listEvents({}, { limit: 4, after: page.previous_cursor }, EVERYTHING);
      back.unshift(keysOf(page));
    }
    expect(back).toEqual(pages);
  });

  test("miss nothing and repeat nothing while new events arrive", async () => {
    await store(12);
    const before = await newestFirst();
    const first = await listEvents({}, { limit: 5 }, EVERYTHING);
    await store(4, 10);
    const second = await listEvents({}, { limit: 5, cursor: first.next_cursor ?? "" }, EVERYTHING);
    const third = await listEvents({}, { limit: 5, cursor: second.next_cursor ?? "" }, EVERYTHING);
    expect([first, second, third].flatMap(keysOf)).toEqual(before);

    const newer = await listEvents({}, { limit: 5, after: second.previous_cursor ?? "" }, EVERYTHING);
    expect(keysOf(newer)).toEqual(keysOf(first));
    // Events that arrived since are newer still.
    const newest = await listEvents({}, { limit: 5, after: newer.previous_cursor ?? "" }, EVERYTHING);
    expect(keysOf(newest)).toEqual((await newestFirst()).slice(0, 4));
    expect(newest.previous_cursor).toBeNull();
    expect(keysOf(await listEvents({}, { limit: 20, cursor: newest.next_cursor ?? "" }, EVERYTHING))).toEqual(before);
  });

  test("of a filter with lists are those of the filter", async () => {
    await store(40);
    const filter = { status: ["dead", "failed", "processed"], provider_slug: ["stripe", "telnyx"] } as EventFilter;
    const wanted = (
      await desk.sql`
        select event_key from events where status in ('dead', 'failed', 'processed') order by received_at desc, id desc`
    ).map((row) => row.event_key);
    const first = await listEvents(filter, { limit: 6 }, EVERYTHING);
    const second = await listEvents(filter, { limit: 100, cursor: first.next_cursor ?? "" }, EVERYTHING);
    expect([first, second].flatMap(keysOf)).toEqual(wanted);
    const back = await listEvents(filter, { limit: 100, after: second.previous_cursor ?? "" }, EVERYTHING);
    expect(keysOf(back)).toEqual(keysOf(first));
  });
});

describe("the histogram", () => {
  const sum = ({ buckets }: EventHistogram) => {
    const all = { processed: 0, waiting: 0, failing: 0, dead: 0, other: 0 };
    for (const bucket of buckets)
      for (const name of Object.keys(all) as (keyof typeof all)[]) all[name] += bucket[name];
    return all;
  };

  test.each([
    ["nothing", {}],
    ["a provider", { provider_slug: "stripe" }],
    ["two types", { event_type: "type.1,type.2" }],
    ["a status", { status: "dead" }],
    ["statuses and a provider", { status: "failed,received,replayed", provider_slug: "telnyx" }],
    ["a part of the key", { q: "_1" }],
    ["the last hour", { range: "1h" }],
    ["7 days", { range: "7d" }],
    ["no event", { org_id: "org_none" }],
  ])("of %s says what the list says", async (_, words) => {
    await store(100, 90);
    await store(100, 30);
    const filter = eventFilterSchema.parse(words);
    const counts = sum(await readHistogram(filter, EVERYTHING));
    const ofStatus = async (...status: string[]) => {
      const asked = filter.status?.filter((one) => status.includes(one)) ?? status;
      return asked.length === 0 ? 0 : countEvents({ ...filter, status: asked as EventFilter["status"] }, EVERYTHING);
    };
    expect(counts).toEqual({
      processed: await ofStatus("processed", "replayed"),
      waiting: await ofStatus("received", "processing"),
      failing: await ofStatus("failed"),
      dead: await ofStatus("dead"),
      other: await ofStatus("ignored", "resolved"),
    });
  });

  test("of each of its steps lists as many, when the step is selected", async () => {
    await store(150, 90);
    const { buckets, bucket_seconds, capped } = await readHistogram({}, EVERYTHING);
    expect(capped).toBe(false);
    const full = buckets.filter((bucket) =>
      Object.values(bucket).some((value) => typeof value === "number" && value > 0),
    );
    expect(full.length).toBeGreaterThan(0);
    for (const { at, ...outcomes } of full) {
      const to_ts = new Date(Date.parse(at) + bucket_seconds * 1_000).toISOString();
      const total = Object.values(outcomes).reduce((all, value) => all + value, 0);
      expect([at, await countEvents({ from_ts: at, to_ts }, EVERYTHING)]).toEqual([at, total]);
      // The selected step gets smaller steps, with the same events.
      const inner = sum(await readHistogram({ from_ts: at, to_ts }, EVERYTHING));
      expect(Object.values(inner).reduce((all, value) => all + value, 0)).toBe(total);
    }
  });

  test("has about sixty steps at most, without gaps, and none of a time that ends before it begins", async () => {
    for (const range of ["15m", "1h", "24h", "7d", "30d"] as const) {
      const { buckets, bucket_seconds } = await readHistogram({ range }, EVERYTHING);
      expect(buckets.length).toBeGreaterThan(13);
      expect(buckets.length).toBeLessThan(63);
      const starts = buckets.map(({ at }) => Date.parse(at));
      expect(starts.slice(1).every((at, n) => at - (starts[n] ?? 0) === bucket_seconds * 1_000)).toBe(true);
    }
    const never = await readHistogram({ from_ts: "2026-01-02T00:00:00Z", to_ts: "2026-01-01T00:00:00Z" }, EVERYTHING);
    expect(never.buckets).toEqual([]);
  });

  test("does not count a search in payloads", async () => {
    await expect(readHistogram({ text: "anything" }, EVERYTHING)).rejects.toThrow(
      expect.objectContaining({ code: "histogram_of_text" }),
    );
  });
});

test("types are counted by provider, at the times asked for", async () => {
  await store(30);
  const types = await countEventTypes({}, EVERYTHING);
  expect(types.reduce((sum, { count }) => sum + count, 0)).toBe(30);
  expect(types).toContainEqual({ provider_slug: "stripe", event_type: "type.0", count: 5 });
  expect(await countEventTypes({ range: "15m" }, EVERYTHING)).toEqual([]);
});
