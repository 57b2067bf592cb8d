/** A back-test says what the engine would have done: the same traffic, evaluated minute by minute, fires at the same times. */
import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ActorContext } from "@/lib/commands/actor";
import { backTestNewRule } from "@/lib/commands/alert-rules";
import { backTest as answer, type BackTest, backTestRequest } from "@/lib/contract/api/alert-rules";
import { ada } from "../support/actor";
import { type Alerting, openAlerting } from "../support/alerting";
import { type Desk, openDesk } from "../support/desk";
import { seededRandom } from "../support/seed";

let desk: Desk;
let sql: postgres.Sql;
let on: Alerting;
beforeAll(async () => {
  desk = await openDesk();
  sql = desk.sql;
  on = await openAlerting(sql);
});
afterAll(() => desk.close());
beforeEach(() => on.reset());

const run = async (rule: object, by: ActorContext = ada): Promise<BackTest> =>
  answer.parse(await backTestNewRule(backTestRequest.parse({ bad_evaluations: 1, hold_seconds: 0, ...rule }), by));
const minute = (at: string | null) => at?.slice(0, 16) ?? null;

describe("a back-test", () => {
  test.each([
    { kind: "dead_letters", settings: { threshold: 2, window_minutes: 4 }, bad_evaluations: 1, hold_seconds: 0 },
    {
      kind: "success_rate",
      settings: { threshold: 60, window_minutes: 5, at_least: 5 },
      bad_evaluations: 2,
      hold_seconds: 120,
    },
    {
      kind: "failures_doubled",
      settings: { threshold: 2, window_minutes: 3, at_least: 3 },
      bad_evaluations: 1,
      hold_seconds: 60,
    },
    {
      kind: "attempts",
      settings: { threshold: 2, window_minutes: 6, at_least: 2 },
      bad_evaluations: 3,
      hold_seconds: 0,
    },
  ])("of $kind fires when the engine fired, and resolves when it resolved", async (rule) => {
    const random = seededRandom();
    await on.rule(rule);
    // The engine knows a provider once it has sent something.
    await on.count({ received: 1 });
    for (let n = 0; n < 150; n++) {
      const isBad = n % 30 < 12;
      if (random() < 0.7) {
        const [failed, delivered] = isBad ? [random() * 5, random() * 2] : [random(), 1 + random() * 4];
        await on.count({
          failed: Math.floor(failed),
          delivered: Math.floor(delivered),
          dead: random() < 0.3 && isBad ? 2 : 0,
        });
      }
      await sql`select evaluate_alerts(1000)`;
      await on.skip(1);
    }
    const fired =
      await sql`select iso(fired_at) as fired_at, iso(resolved_at) as resolved_at from alerts order by id desc`;
    expect(fired.length).toBeGreaterThan(1);
    const tested = await run({ ...rule, days: 1 });
    const times = (list: readonly { fired_at: string; resolved_at: string | null }[]) =>
      list.map(({ fired_at, resolved_at }) => [minute(fired_at), minute(resolved_at)]);
    expect(times(tested.times)).toEqual(times(fired as never));
    expect(tested).toMatchObject({ would_have_fired: fired.length, problem: null });
    expect(tested.times[0]).toMatchObject({ provider_slug: "stripe", text: expect.stringMatching(/^stripe: \d/) });
  });

  test("of an endpoint counts hours, and names it", async () => {
    const [{ id } = {}] = await sql`select id from destinations where slug = 'agent-sdk'`;
    await sql`insert into destination_statistics (destination_id, span, at, succeeded, failed, latency)
      select ${id}, 'hour', date_trunc('hour', now_(), 'UTC') - n * interval '1 hour', 50, 0,
        latency_histogram(array_fill(case when n in (5, 6, 30) then 4000 else 100 end, array[50]))
      from generate_series(1, 40) n`;
    const rule = { kind: "slow_endpoint", settings: { threshold: 2000, window_minutes: 15, at_least: 10 } };
    const tested = await run(rule);
    expect(tested.would_have_fired).toBe(2);
    expect(tested.times[0]).toMatchObject({ destination_id: `ds_${id}`, text: expect.stringContaining("Agent SDK: ") });
  });

  test("of a kind without a past says so, and of nothing fires never", async () => {
    expect(await run({ kind: "worker_gone", settings: { threshold: 60 } })).toMatchObject({
      would_have_fired: 0,
      problem: expect.stringContaining("Nothing is kept"),
    });
    const letters = { kind: "dead_letters", settings: { threshold: 0, window_minutes: 60 } };
    expect(await run(letters)).toMatchObject({ would_have_fired: 0, problem: null, times: [] });
  });

  test("sees the organisations of who asks, and no others", async () => {
    await on.count({ dead: 9 }, { organisation_id: "acme" });
    const letters = { kind: "dead_letters", settings: { threshold: 5, window_minutes: 60 } };
    const limited = { ...ada, actor: { ...ada.actor, organisations: ["acme"] } };
    expect((await run({ ...letters, org_id: "acme" }, limited)).would_have_fired).toBe(1);
    expect((await run({ ...letters, org_id: "zebra" })).would_have_fired).toBe(0);
    for (const org_id of ["zebra", null]) {
      await expect(run({ ...letters, org_id }, limited)).rejects.toMatchObject({ code: "beyond_scope" });
    }
  });
});
