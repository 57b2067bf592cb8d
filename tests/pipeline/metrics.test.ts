/** Metrics: counters only rise while hours pass and sums move on, whoever reads at the same time, and cost stays the same. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { readMetrics } from "@/lib/queries/metrics";
import { nextUuid } from "@/lib/samples/ids";
import { shiftClock } from "../support/clock";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { readPrometheus } from "../support/prometheus";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(() => shiftClock(desk.sql, "0"));

/** The value of a series by its name and labels; the sum of several. */
async function figure(name: string, labels: Record<string, string> = {}): Promise<number> {
  const metrics = readPrometheus((await readMetrics()).text);
  return [...metrics.values()]
    .flatMap(({ samples }) => samples)
    .filter((one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

const received = () => figure("redrive_events_received_total", { provider: "stripe", outcome: "received" });
const until = async () => (await desk.sql`select max(until) as until from metric_totals`)[0]?.until as Date | null;

test("an event is received, applied and processed, and a duplicate is one", async () => {
  const event = stripeEvent({ id: nextUuid() });
  await send("stripe", event);
  await send("stripe", event);
  await workUntilIdle();
  expect(await received()).toBe(1);
  expect(await figure("webhook_events_duplicate_total", { provider: "stripe" })).toBe(1);
  expect(await figure("webhook_events_processed_total", { provider: "stripe" })).toBe(1);
  expect(await figure("webhook_events_failed_total")).toBe(0);
  expect(await figure("redrive_deliveries_total", { kind: "tables", outcome: "delivered" })).toBe(1);
  expect(await figure("redrive_delivery_duration_seconds_count", { kind: "tables" })).toBe(1);
  expect(await figure("redrive_event_to_delivered_seconds_count")).toBe(1);
  expect(await figure("redrive_event_to_delivered_seconds_sum")).toBeGreaterThan(0);
  const last = await figure("redrive_last_event_timestamp_seconds", { provider: "stripe" });
  expect(Math.abs(last - Date.now() / 1000)).toBeLessThan(60);
});

test("counters rise by what came, while hours pass and their sums move on", async () => {
  const before = await received();
  for (const hours of [1, 3, 4, 30, 24 * 70]) {
    await shiftClock(desk.sql, `${hours} hours`);
    const [value] = await Promise.all([received(), received(), received()]);
    await send("stripe", stripeEvent({ id: nextUuid() }));
    expect(await received(), `after ${hours} hours`).toBe(value + 1);
  }
  expect(await received()).toBe(before + 5);
  const [row] = await desk.sql`select (sum(count) = 5 + ${before}) as complete, count(distinct until)::int as untils
    from metric_totals where provider = 'stripe' and outcome = 'received'`;
  expect(row).toMatchObject({ untils: 1 });
  expect((await until())?.getTime()).toBeGreaterThan(Date.now() + 69 * 24 * 3_600_000);
});

test("what happened in a year is summed once, month by month", async () => {
  const blocks = async () => {
    const [plan] = await desk.sql`explain (analyze, buffers, format json) select read_metrics('{stripe,telnyx}')`;
    return plan?.["QUERY PLAN"][0].Plan["Shared Hit Blocks"] as number;
  };
  await blocks();
  const before = await blocks();
  await desk.sql`
    insert into statistics_hours (hour, provider, event_type, outcome, shard, count)
    select h, 'telnyx', 'a.type', 'received', 0, 2
    from generate_series(date_trunc('hour', now()) - interval '360 days', now() - interval '1 hour', '1 hour') h`;
  await desk.sql`delete from metric_totals`;
  const all = await figure("redrive_events_received_total", { provider: "telnyx", outcome: "received" });
  expect(all).toBe(2 * 360 * 24);
  expect(await call("health", "move_metric_totals", {})).toBe(false);
  expect(await blocks()).toBeLessThan(before + 200);
});

test("alerts that fire, and notifications that ended, are counted", async () => {
  await desk.sql`
    with rule as (
      insert into alert_rules (kind, name, settings, severity) values ('success_rate', 'a test', '{}', 'P1') returning id
    )
    insert into alerts (rule_id, kind, severity, summary, explain, resolved_at)
    select id, 'success_rate', 'P1', 'a test', '{}', r.at from rule, (values (null::timestamptz), (now())) r(at)`;
  expect(await figure("redrive_alerts_firing", { severity: "P1" })).toBe(1);
  expect(await figure("redrive_alerts_firing", { severity: "P0" })).toBe(0);
  const [channel] = await desk.sql`insert into channels (kind, name) values ('slack', 'a test') returning id`;
  await desk.sql`
    insert into notifications (channel_id, kind, alert_id, group_key) select ${channel?.id}, 'fired', id, 'x' from alerts`;
  await desk.sql`update notifications set status = 'sent', ended_at = now()`;
  await desk.sql`update notifications set outcome = 'accepted'`;
  expect(await figure("redrive_notifications_total", { channel: "slack", outcome: "sent" })).toBe(2);
});

test("what is missing has a figure per provider that can tell, and the time until it is lost", async () => {
  expect(await figure("redrive_missing", { provider: "stripe" })).toBe(0);
  await desk.sql`
    with run as (
      insert into reconciliations (provider, started_by, status, from_ts, to_ts, actor, actor_id, completed_at)
      values ('stripe', 'schedule', 'completed', now() - interval '1 day', now(), 'a test', 'a test', now()) returning id
    )
    insert into findings (reconciliation_id, provider, kind, identity, event_type, origin, occurred_at)
    select id, 'stripe', 'missing', 'evt_lost', 'charge.failed', 'provider_api', now() - interval '10 days' from run`;
  expect(await figure("redrive_missing", { provider: "stripe" })).toBe(1);
  const left = await figure("redrive_horizon_seconds", { provider: "stripe" });
  expect(left / 86_400).toBeCloseTo(20, 1);
});
