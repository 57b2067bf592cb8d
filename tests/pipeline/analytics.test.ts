/** The overview's figures: exact at the edges of hours, silent providers, and a cost that does not grow with events. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { readAnalytics } from "@/lib/queries/analytics";
import { nextUuid } from "@/lib/samples/ids";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(async () => {
  await desk.sql`truncate event_keys, events, deliveries, statistics, statistics_hours, destination_statistics, rejections cascade`;
});

const HOUR_MS = 3_600_000;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();

/** As `accept` counts, at another time. */
async function counted(at: string, provider: string, outcome: string, count: number): Promise<void> {
  await desk.sql`
    insert into statistics (minute, provider, event_type, outcome, shard, count)
    values (date_trunc('minute', ${at}::timestamptz), ${provider}, 'a.type', ${outcome}, 1, ${count})
    on conflict do nothing`;
  await desk.sql`
    insert into statistics_hours (hour, provider, event_type, outcome, shard, count)
    values (date_trunc('hour', ${at}::timestamptz, 'UTC'), ${provider}, 'a.type', ${outcome}, 1, ${count})
    on conflict (organisation_id, hour, provider, event_type, outcome, shard) do update
      set count = statistics_hours.count + excluded.count`;
}

const readBetween = (from: string, to: string, seconds: number) =>
  call("console", "read_analytics", {
    p_from: from,
    p_to: to,
    p_bucket_seconds: seconds,
    ...scopeOf(EVERYTHING),
  });

describe("minutes and hours", () => {
  test("an event is counted in both, and every range says the same of it", async () => {
    await send("stripe", stripeEvent({ id: nextUuid() }));
    await send("stripe", stripeEvent({ id: nextUuid() }), { tampered: true });
    await workUntilIdle();
    await expect
      .poll(async () => (await readAnalytics({ range: "15m" }, EVERYTHING)).totals.rejected, { timeout: 15_000 })
      .toBe(1);
    for (const range of ["15m", "1h", "24h", "7d", "30d"] as const) {
      const { totals, providers, latency } = await readAnalytics({ range }, EVERYTHING);
      expect(totals, range).toMatchObject({ received: 1, delivered: 1, failed: 0, rejected: 1 });
      expect(providers.map(({ provider }) => provider)).toEqual(["stripe"]);
      expect(latency.attempts).toBe(1);
      expect(latency.p95_ms).toBeGreaterThanOrEqual(0);
    }
  });

  test("the ends of a period are exact to the minute, also where hours are read", async () => {
    const minutes = ["09:29", "09:30", "09:59", "10:00", "12:59", "13:00", "13:14", "13:15"];
    for (const [index, minute] of minutes.entries()) {
      await counted(`2026-03-02T${minute}:00Z`, "stripe", "delivered", 10 ** index);
    }
    const read = await readBetween("2026-03-02T09:30:00Z", "2026-03-02T13:15:00Z", 3_600);
    expect(read.totals.delivered).toBe(1_111_110);
    expect(read.previous.delivered).toBe(1);
    expect(read.series.map(({ at, delivered }) => [at.slice(11, 16), delivered])).toEqual([
      ["09:00", 110],
      ["10:00", 1_000],
      ["12:00", 10_000],
      ["13:00", 1_100_000],
    ]);
    expect((await readBetween("2026-03-02T09:30:00Z", "2026-03-02T09:59:00Z", 3_600)).totals.delivered).toBe(10);
  });

  test("each provider stands beside its own time before", async () => {
    await counted(hoursAgo(2), "stripe", "delivered", 90);
    await counted(hoursAgo(2), "stripe", "dead", 10);
    await counted(hoursAgo(2), "stripe", "succeeded", 45);
    await counted(hoursAgo(2), "stripe", "lost", 5);
    await counted(hoursAgo(30), "stripe", "delivered", 100);
    await counted(hoursAgo(30), "telnyx", "delivered", 5);
    const { providers, totals, previous, success_rate } = await readAnalytics({ range: "24h" }, EVERYTHING);
    expect(providers).toMatchObject([
      { provider: "stripe", totals: { delivered: 90, dead: 10 }, previous: { delivered: 100, dead: 0 } },
      { provider: "telnyx", totals: { delivered: 0 }, previous: { delivered: 5 } },
    ]);
    expect([totals.delivered, previous.delivered, success_rate]).toEqual([90, 105, 90]);
  });

  test("latency: minutes for the last hour, hours before, null where nothing ended", async () => {
    const [destination] = await desk.sql<{ id: number }[]>`select id::int from destinations limit 1`;
    const histogram = (slow: number) => Array.from({ length: 25 }, (_, n) => (n === 1 ? 98 : n === 16 ? slow : 0));
    await desk.sql`
      insert into destination_statistics (destination_id, span, at, latency) values
        (${destination?.id ?? 0}, 'minute', date_trunc('minute', now()) - interval '5 minutes', ${histogram(2)}),
        (${destination?.id ?? 0}, 'hour', date_trunc('hour', now()) - interval '20 hours', ${histogram(98)})`;
    const { latency, previous_latency } = await readAnalytics({ range: "15m" }, EVERYTHING);
    expect(latency).toMatchObject({ attempts: 100, p50_ms: 8, p95_ms: 10 });
    expect(latency.p99_ms).toBeGreaterThan(2_000);
    expect(previous_latency).toEqual({ attempts: 0, p50_ms: null, p95_ms: null, p99_ms: null });
    expect((await readAnalytics({ range: "24h" }, EVERYTHING)).latency).toMatchObject({ attempts: 196 });
  });
});

describe("a provider has gone silent", () => {
  const silent = async () => (await readAnalytics({ range: "1h" }, EVERYTHING)).silent_providers;

  test("when nothing came for more than four times its longest pause", async () => {
    // Every three hours, for two days, until 13 hours ago: longer than four pauses.
    for (let ago = 61; ago >= 13; ago -= 3) await counted(hoursAgo(ago), "stripe", "received", 3);
    // The same until 10 hours ago: not silent yet.
    for (let ago = 58; ago >= 10; ago -= 3) await counted(hoursAgo(ago), "telnyx", "received", 3);
    // Rejected requests do not count as activity.
    await counted(hoursAgo(1), "stripe", "rejected", 3);
    const found = await silent();
    expect(found.map(({ provider }) => provider)).toEqual(["stripe"]);
    expect(found[0]).toMatchObject({ usual_gap_seconds: 3 * 3600 });
    expect(Date.parse(found[0]?.last_at ?? "")).toBeLessThanOrEqual(Date.now() - 13 * HOUR_MS);
    await counted(hoursAgo(0), "stripe", "duplicate", 1);
    expect(await silent()).toEqual([]);
  });

  test("not after a test of one afternoon, and not who never sent", async () => {
    for (let ago = 60; ago > 53; ago -= 1) await counted(hoursAgo(ago), "chatwoot", "received", 1);
    expect(await silent()).toEqual([]);
  });
});

test("the overview's cost does not grow with events: 60,000 of them, and no plan reads their table whole", async () => {
  await desk.sql`
    insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256,
      fingerprint, method, path, headers, status, received_at)
    select 'stripe', 'evt_' || n, 'a.type', 'signed', 'ok', 2, '\\x00', '\\x00', 'POST',
      '/api/webhooks/stripe', '[]', 'processed', now() - n * interval '1 minute'
    from generate_series(1, 60000) n`;
  await counted(hoursAgo(3), "stripe", "received", 60_000);
  await desk.sql`analyze events`;
  const before = await scans();
  for (const range of ["15m", "24h", "30d"] as const) {
    expect((await readAnalytics({ range }, EVERYTHING)).totals.received).toBe(range === "15m" ? 0 : 60_000);
  }
  // `exists (select from events)` stops at the first row; all other queries use an index.
  await expect.poll(async () => (await scans()).calls > before.calls, { timeout: 15_000 }).toBe(true);
  expect((await scans()).rows - before.rows).toBeLessThan(1_000);
});

/** What sequential scans of events read so far, and how many index scans there were. */
async function scans(): Promise<{ rows: number; calls: number }> {
  await desk.sql`select pg_stat_force_next_flush()`;
  const [row] = await desk.sql<{ rows: number; calls: number }[]>`
    select seq_tup_read::int + coalesce(idx_tup_fetch, 0)::int as rows, (seq_scan + idx_scan)::int as calls
    from pg_stat_user_tables where relname = 'events'`;
  return row ?? { rows: 0, calls: 0 };
}
