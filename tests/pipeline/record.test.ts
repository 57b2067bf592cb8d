/** Long because it lists what can become of an attempt. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import type { AttemptResult, RowChange } from "@/lib/db/functions/journey";
import { claim, type Work } from "@/lib/pipeline/claim";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { telnyxEvent } from "@/lib/providers/telnyx/sample";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { seededRandom } from "../support/seed";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(
  () =>
    desk.sql`truncate event_keys, events, deliveries, attempts, businesses, audit_logs, call_logs, statistics cascade`,
);

const claimed = async (count = 1): Promise<Work[]> => {
  for (let n = 0; n < count; n += 1) await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
  return (await claim("w1", 50, 30)).work;
};
const record = (results: AttemptResult[]) => call("pipeline", "record_attempts", { p_results: results });
const success = (work: Work, changes: RowChange[] = []) => ({
  delivery_id: work.delivery_id,
  fence: work.fence,
  delivered: true,
  duration_ms: 4,
  changes,
});
const failure = (work: Work, retry_in_ms: number | null): AttemptResult => ({
  ...success(work),
  delivered: false,
  error_class: "http_5xx",
  error: "answered 500",
  retry_in_ms,
});
const business = (customer: string, values: Record<string, unknown>, version: string) => ({
  table: "businesses",
  key: { stripe_customer_id: customer },
  values,
  version,
});

describe("record", () => {
  test("moves a success to delivered, and its event to processed [CP9]", async () => {
    const [work] = await claimed();
    expect(await record([success(work as Work)])).toMatchObject([{ recorded: true, status: "delivered" }]);
    expect(await desk.sql`select status, last_error from events`).toEqual([{ status: "processed", last_error: null }]);
    expect(await desk.sql`select status from attempts`).toEqual([{ status: "succeeded" }]);
  });

  test("refuses the result of an older fence: a thawed worker cannot overwrite a newer one [F07] [CP9]", async () => {
    const [old] = await claimed();
    await desk.sql`update deliveries set lease_until = now() - interval '1 second'`;
    const [current] = (await claim("w2", 10, 30)).work;
    expect(await record([success(old as Work)])).toMatchObject([{ recorded: false }]);
    expect(await record([failure(current as Work, 60_000)])).toMatchObject([{ recorded: true, status: "retrying" }]);
    expect(await record([success(current as Work)])).toMatchObject([{ recorded: false }]);
    expect(await desk.sql`select status from events`).toEqual([{ status: "failed" }]);
  });

  test("schedules a retry by the database's clock, and ends with the last try [F29]", async () => {
    let [work] = await claimed();
    await record([failure(work as Work, 60_000)]);
    const [row] = await desk.sql`select status, extract(epoch from due_at - now()) as seconds from deliveries`;
    expect(row?.status).toBe("retrying");
    expect(Number(row?.seconds)).toBeGreaterThan(58);
    for (let n = 2; n <= 4; n += 1) {
      await desk.sql`update deliveries set due_at = now()`;
      [work] = (await claim("w1", 10, 30)).work;
      await record([failure(work as Work, 60_000)]);
    }
    expect(await desk.sql`select status, attempt_count, last_error from events`).toEqual([
      { status: "dead", attempt_count: 4, last_error: "answered 500" },
    ]);
  });

  test("lets one poisonous delivery fail alone, never its batch [F09]", async () => {
    const work = await claimed(3);
    const [first, second, third] = work as [Work, Work, Work];
    const answers = await record([
      success(first, [business("cus_1", { subscription_status: "active" }, "1")]),
      success(second, [business("cus_2", { subscription_start_date: "not a date" }, "1")]),
      success(third, [business("cus_3", { subscription_status: "active" }, "1")]),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(["delivered", "dead", "delivered"]);
    expect(answers[1]).toMatchObject({ error_class: "constraint" });
    expect(await desk.sql`select stripe_customer_id from businesses order by 1`).toHaveLength(2);
  });

  test("refuses a projection that names a table it may not write", async () => {
    const [work] = await claimed();
    const change = { table: "staff_users", key: { email: "a" }, values: { role: "admin" }, version: "1" };
    expect(await record([success(work as Work, [change])])).toMatchObject([
      { status: "dead", error_class: "constraint" },
    ]);
  });

  test("does not deadlock when two batches change the same rows in opposite order", async () => {
    const work = await claimed(40);
    const rows = Array.from({ length: 10 }, (_, n) => `cus_${n}`);
    const changesOf = (order: string[], n: number) =>
      order.map((customer) => business(customer, { subscription_status: `s${n}` }, String(n)));
    const batches = [0, 1, 2, 3].map((batch) =>
      record(
        work
          .slice(batch * 10, batch * 10 + 10)
          .map((item, n) => success(item, changesOf(batch % 2 ? [...rows].reverse() : rows, n))),
      ),
    );
    const answers = (await Promise.all(batches)).flat();
    expect(answers.every((answer) => answer.status === "delivered")).toBe(true);
  });

  test("counts in the statistics what the attempts table says", async () => {
    const [first, second, third] = (await claimed(3)) as [Work, Work, Work];
    await record([success(first), failure(second, 1000), failure(third, null)]);
    expect(
      await desk.sql`select outcome, sum(count)::int as count from statistics where organisation_id = '' and outcome not in ('succeeded', 'lost', 'applied') group by 1 order by 1`,
    ).toEqual([
      { outcome: "dead", count: 1 },
      { outcome: "delivered", count: 1 },
      { outcome: "failed", count: 1 },
      { outcome: "received", count: 3 },
    ]);
  });

  test("keeps how long attempts took: p50 and p95 of any period, by provider or destination, to a bucket of what the attempts say", async () => {
    await desk.sql`truncate destination_statistics`;
    const failed = await claimed(8);
    await record(failed.map((item, n) => ({ ...failure(item, 60_000), duration_ms: (n + 1) * 37 })));
    const delivered = await claimed(8);
    await record(delivered.map((item, n) => ({ ...success(item), duration_ms: (n + 9) * 37 })));
    for (const share of [0.5, 0.95]) {
      const [row] = await desk.sql`
        select latency_quantile((select sum_latency(array_agg(latency)) from statistics
            where organisation_id = '' and outcome <> 'applied' and latency is not null), ${share}) as by_provider,
          latency_quantile((select sum_latency(array_agg(latency)) from destination_statistics
            where span = 'hour'), ${share}) as by_destination,
          coalesce(bounds[width_bucket(exact - 1, bounds)], 0) as low, bounds[width_bucket(exact - 1, bounds) + 1] as high
        from latency_bounds() as bounds, (
          select percentile_disc(${share}::float) within group (order by duration_ms) as exact from attempts
        ) x`;
      for (const read of [row?.by_provider, row?.by_destination]) {
        expect(read).toBeGreaterThanOrEqual(row?.low);
        expect(read).toBeLessThanOrEqual(row?.high);
      }
    }
    const counted = await desk.sql`
      select outcome, sum(count)::int as count, (select sum(x)::int from unnest(sum_latency(array_agg(latency)
        filter (where latency is not null))) x) as measured
      from statistics where organisation_id = '' and outcome in ('received', 'delivered', 'failed') group by 1 order by 1`;
    expect(counted).toEqual([
      { outcome: "delivered", count: 8, measured: 8 },
      { outcome: "failed", count: 8, measured: 8 },
      { outcome: "received", count: 16, measured: null },
    ]);
  });
});

describe("row changes", () => {
  const apply = (changes: RowChange[], name: "apply_changes" | "preview_changes" = "apply_changes") =>
    call("pipeline", name, { p_changes: changes });

  test("say what they did: created, updated, unchanged, superseded", async () => {
    const effects: string[] = [];
    for (const [status, version] of [
      ["trialing", "2"],
      ["active", "3"],
      ["active", "3"],
      ["past_due", "1"],
    ] as const) {
      const [result] = await apply([business("cus_1", { subscription_status: status }, version)]);
      effects.push(result?.effect ?? "");
    }
    expect(effects).toEqual(["created", "updated", "unchanged", "superseded"]);
    expect(await desk.sql`select subscription_status from businesses`).toEqual([{ subscription_status: "active" }]);
  });

  test("can be previewed: the same answer, and nothing changes", async () => {
    await apply([business("cus_1", { subscription_status: "active", subscription_plan: "basic" }, "1")]);
    const change = business("cus_1", { subscription_status: "canceled" }, "2");
    const preview = await apply([change], "preview_changes");
    expect(preview).toEqual(await apply([change]));
    expect(preview).toMatchObject([
      { effect: "updated", before: { subscription_status: "active" }, after: { subscription_status: "canceled" } },
    ]);
  });

  test("give the same rows in whatever order the events come", async () => {
    const at = (second: number) => 1_772_000_000 + second;
    const events = [
      [
        "stripe",
        stripeEvent({
          type: "customer.subscription.created",
          customer: "cus_order",
          subscription: "sub_order",
          created: at(0),
        }),
      ],
      [
        "stripe",
        stripeEvent({
          type: "customer.subscription.updated",
          customer: "cus_order",
          subscription: "sub_order",
          created: at(0),
          status: "active",
        }),
      ],
      [
        "stripe",
        stripeEvent({
          type: "invoice.payment_succeeded",
          customer: "cus_order",
          subscription: "sub_order",
          created: at(5),
        }),
      ],
      [
        "stripe",
        stripeEvent({
          type: "customer.subscription.deleted",
          customer: "cus_order",
          subscription: "sub_order",
          created: at(9),
        }),
      ],
      [
        "telnyx",
        telnyxEvent({
          type: "call.initiated",
          subject: "call_order",
          occurredAt: new Date(at(1) * 1000).toISOString(),
        }),
      ],
      [
        "telnyx",
        telnyxEvent({ type: "call.answered", subject: "call_order", occurredAt: new Date(at(2) * 1000).toISOString() }),
      ],
      [
        "telnyx",
        telnyxEvent({ type: "call.hangup", subject: "call_order", occurredAt: new Date(at(3) * 1000).toISOString() }),
      ],
    ] as const;
    const random = seededRandom();
    const results = new Set<string>();
    for (let round = 0; round < 12; round += 1) {
      const shuffled =
        round === 0 ? events : round === 1 ? [...events].reverse() : [...events].sort(() => random() - 0.5);
      for (const [provider, event] of shuffled) {
        expect((await send(provider, event)).status).toBe(200);
        await workUntilIdle();
      }
      const rows = await desk.sql`
        select to_jsonb(b) - 'id' - 'created_at' - 'updated_at' as row from businesses b
        union all select to_jsonb(c) - 'id' - 'created_at' - 'updated_at' from call_logs c`;
      expect(rows).toHaveLength(2);
      results.add(JSON.stringify(rows));
      await desk.sql`truncate event_keys, events, deliveries, attempts, businesses, audit_logs, call_logs cascade`;
    }
    expect(results.size).toBe(1);
  });
});
