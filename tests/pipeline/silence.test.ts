/**
 * Silence: how often events arrive is learnt, what does not arrive is told once it is no chance, and the provider is asked first.
 * Long because learning, telling and asking work on the same traffic.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { evaluateAlerts } from "@/lib/alerts/run";
import { tendSilence } from "@/lib/alerts/silence";
import { call } from "@/lib/db/client";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { tendRuns } from "@/lib/reconciliation/run";
import { readWindow } from "@/lib/reconciliation/window";
import { arrivalTraffic } from "../support/arrival-traffic";
import { shiftClock } from "../support/clock";
import { type Desk, openDesk } from "../support/desk";
import { seedIncident } from "../support/incident-seed";
import { type StripeFake, startStripe } from "../support/provider-apis/stripe";
import { workOnRuns } from "../support/reconciling";
import { seededRandom } from "../support/seed";

const WEEKS_LEARNT = 6;
const DAYS_AFTER = 30;
const TYPE = "invoice.payment_failed";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await shiftClock(desk.sql, "0");
  await desk.sql.begin(async (tx) => {
    // What belongs to an incident is never deleted otherwise.
    await tx`set local session_replication_role = replica`;
    await tx`truncate statistics, statistics_hours, arrival_habits, heartbeats, alert_rules, alert_series, alerts,
    incidents, incident_items, incident_log, incident_steps, incident_runs, incident_stages, incident_requests,
    reconciliations, findings, events, sources cascade`;
  });
});

const learn = () => call("pipeline", "learn_arrivals", { p_limit: 20 });

test("Of 200 series, Poisson and batchy, with nights and weekends, each is told wrongly at most 1.2 times in 30 days, and a stop within 1.5 times its threshold", async () => {
  const random = seededRandom();
  const series = arrivalTraffic(200, random);
  // The Monday from which six weeks have just passed.
  const [{ monday } = { monday: 0 }] = await desk.sql<{ monday: number }[]>`
    select extract(epoch from date_trunc('week', now() at time zone 'UTC'))::int as monday`;
  const ahead = (7 * 86_400 - (Math.floor(Date.now() / 1000) - monday)) / 3_600;
  await shiftClock(desk.sql, `${ahead} hours`);
  const end = monday + 7 * 86_400;
  const begin = end - WEEKS_LEARNT * 7 * 86_400;

  const hours = { name: [] as string[], hour: [] as number[], count: [] as number[] };
  const after = { name: [] as string[], at: [] as number[] };
  for (const one of series) {
    const counts = new Map<number, number>();
    for (const at of one.arrivals(WEEKS_LEARNT)) {
      const hour = Math.floor(at);
      counts.set(hour, (counts.get(hour) ?? 0) + 1);
    }
    for (const [hour, count] of counts) {
      hours.name.push(one.name);
      hours.hour.push(begin + hour * 3_600);
      hours.count.push(count);
    }
    for (const at of [0, ...one.arrivals(5), 5 * 168]) {
      after.name.push(one.name);
      after.at.push(end + at * 3_600);
    }
  }
  await desk.sql`
    insert into statistics_hours (hour, provider, event_type, outcome, shard, count)
    select to_timestamp(h.hour), 'stripe', h.name, 'received', 0, h.count
    from unnest(${hours.name}::text[], ${hours.hour}::float8[], ${hours.count}::int[]) as h(name, hour, count)`;
  const began = performance.now();
  await learn();
  console.log(`learnt in ${Math.round(performance.now() - began)} ms`);

  // As silence_of has it: due from the end of the last event's minute on, and not before five minutes.
  await desk.sql`
    create table public.gaps as
    select a.name, a.from_at, least(a.to_at, e.until) as to_at
    from (
      select x.name, x.at as to_at, date_trunc('minute', lag(x.at) over (partition by x.name order by x.at))
        + interval '1 minute' as from_at
      from (
        select y.name, to_timestamp(y.at) as at
        from unnest(${after.name}::text[], ${after.at}::float8[]) as y(name, at)
      ) x
    ) a
    cross join (select to_timestamp(${end}) + make_interval(days => ${DAYS_AFTER}) as until) e
    where a.from_at < e.until`;
  await desk.sql`create index on gaps (name, from_at)`;
  await desk.sql`analyze gaps`;
  const wrong = await desk.sql<{ name: string; alarms: number }[]>`
    select g.name, count(*) filter (
      where greatest(expected_by(g.rates, g.from_at, g.threshold), g.from_at + interval '5 minutes') < g.to_at
    )::int as alarms
    from (
      -- What is too short at its greatest rate is not looked at: almost all of it.
      select x.name, x.from_at, x.to_at, h.rates, h.threshold
      from gaps x
      join (
        select a.event_type as name, a.rates, a.threshold, a.threshold / max(r) * interval '1 hour' as shortest
        from arrival_habits a cross join lateral unnest(a.rates) r
        group by a.organisation_id, a.provider, a.event_type
      ) h on h.name = x.name and x.to_at - x.from_at > h.shortest
      where expected_between(h.rates, x.from_at, x.to_at) > h.threshold
    ) g
    group by 1`;
  const alarms = new Map(wrong.map((one) => [one.name, one.alarms]));
  const learnt = await desk.sql<{ name: string; hours: number }[]>`
    select event_type as name, (threshold / per_day * 24)::float8 as hours from arrival_habits where event_type <> ''`;
  for (const way of ["poisson", "hours", "days", "bursts"]) {
    const of = learnt.filter(({ name }) => name.startsWith(way));
    const sum = of.reduce((all, { name }) => all + (alarms.get(name) ?? 0), 0);
    const hours = of.map((one) => one.hours).toSorted((a, b) => a - b)[of.length >> 1];
    console.log(
      `${way}: ${(sum / of.length).toFixed(2)} wrong in 30 days, told after ${hours?.toFixed(1)} hours (median)`,
    );
  }
  expect(learnt.length).toBeGreaterThan(180);
  const total = [...alarms.values()].reduce((all, one) => all + one, 0);
  expect(total / learnt.length).toBeLessThanOrEqual(1.2);

  // A stop at any time: the events that then do not come until it is told, by what was learnt and by what is true.
  const stops = series.flatMap(({ name, rates }) =>
    [1, 2, 3, 4, 5].map(() => ({ name, rates, at: random() * 29 * 24 })),
  );
  const [told] = await desk.sql<{ stops: number; by_habit: number; by_truth: number }[]>`
    select count(*)::int as stops, max(missed / threshold)::float8 as by_habit,
      percentile_cont(0.95) within group (order by truly / threshold) as by_truth
    from (
      select h.threshold, expected_between(h.rates, s.at, t.at) as missed, expected_between(s.rates, s.at, t.at) as truly
      from (
        select x.name, array(select jsonb_array_elements_text(x.rates))::numeric[] as rates,
          to_timestamp(${end}) + x.at * interval '1 hour' as at
        from jsonb_to_recordset(${desk.sql.json(stops)}) as x(name text, rates jsonb, at float8)
      ) s
      join arrival_habits h on h.event_type = s.name
      cross join lateral (
        select max(g.from_at) as at from gaps g where g.name = s.name and g.from_at <= s.at
      ) l
      -- Evaluated once a minute.
      cross join lateral (
        select date_trunc('minute', greatest(
          s.at, expected_by(h.rates, l.at, h.threshold), l.at + interval '5 minutes'
        )) + interval '1 minute' as at
      ) t
    ) x`;
  console.log(JSON.stringify(told));
  expect(told?.stops).toBeGreaterThan(900);
  expect(told?.by_habit).toBeLessThanOrEqual(1.5);
  expect(told?.by_truth).toBeLessThanOrEqual(1.5);
});

/** So many events in each hour of the last days. By name: 0 to 167 is the hour of the week, and what it returns the count. */
function seedHours(
  type: string,
  {
    perHour,
    days = 42,
    until = "0",
    organisation = "",
  }: { perHour: number; days?: number; until?: string; organisation?: string },
) {
  return desk.sql`
    insert into statistics_hours (organisation_id, hour, provider, event_type, outcome, shard, count)
    select ${organisation}, h, 'stripe', ${type}, 'received', 0, ${perHour}
    from generate_series(
      date_trunc('hour', now_(), 'UTC') - make_interval(days => ${days}),
      date_trunc('hour', now_() - ${until}::interval, 'UTC') - interval '1 hour', interval '1 hour'
    ) h`;
}

async function habit(type: string, organisation = "") {
  const [found] = await desk.sql<{ rates: number[]; per_day: number; threshold: number; days: number }[]>`
    select rates::float8[], per_day::float8, threshold::float8, days, spread::float8
    from arrival_habits where event_type = ${type} and organisation_id = ${organisation}`;
  return found;
}

interface Subject {
  type?: string | null;
  organisation?: string | null;
  settings?: Record<string, number>;
  kind?: "silence" | "drop";
}

/** A rule with one series. */
async function watch({ type = "paid", organisation = null, settings = {}, kind = "silence" }: Subject = {}) {
  const [rule] = await desk.sql`
    insert into alert_rules (kind, name, settings, severity, created_at)
    values (${kind}, 'Silence', ${desk.sql.json(settings)}, 'P2', now_() - interval '60 days') returning id`;
  const [series] = await desk.sql`
    insert into alert_series (rule_id, provider, event_type, organisation_id)
    values (${rule?.id}, 'stripe', ${type}, ${organisation}) returning id::int`;
  return series?.id as number;
}

interface Signal {
  value: number | null;
  is_bad: boolean;
  waits?: boolean;
  severity?: string;
  incident_id?: number;
  evaluate_after: string | null;
  explain: { text: string; observed: number; expected: number; threshold: number; link: string };
}

/** Reads a series as the evaluation of alerts does, and keeps what it keeps of it. */
async function evaluate(id: number, kind: "silence" | "drop" = "silence"): Promise<Signal> {
  const read = kind === "silence" ? desk.sql`read_silence_signal(r, s)` : desk.sql`read_drop_signal(r, s)`;
  const [row] = await desk.sql<{ signal: Signal }[]>`
    select ${read} as signal from alert_series s join alert_rules r on r.id = s.rule_id where s.id = ${id}`;
  const signal = row?.signal as Signal;
  await desk.sql`
    update alert_series set evaluated_at = now_(),
      asking_run_id = case when ${signal.is_bad} then asking_run_id end,
      asking_until = case when ${signal.is_bad} then asking_until end,
      evaluate_after = case when ${signal.is_bad} then now_() else coalesce(${signal.evaluate_after}::timestamptz, now_()) end
    where id = ${id}`;
  return signal;
}

/** An event came that long ago. */
async function came(ago: string, outcome = "received"): Promise<void> {
  await desk.sql`
    insert into statistics (minute, provider, event_type, outcome, shard, count)
    values (date_trunc('minute', now_() - ${ago}::interval), 'stripe', 'paid', ${outcome}, 1, 1)`;
  await desk.sql`
    insert into statistics_hours as h (hour, provider, event_type, outcome, shard, count)
    values (date_trunc('hour', now_() - ${ago}::interval, 'UTC'), 'stripe', 'paid', ${outcome}, 1, 1)
    on conflict on constraint statistics_hours_pkey do update set count = h.count + 1`;
}

describe("What is learnt", () => {
  test("Rates are by hour of the week in UTC, whatever the time zone of the session, and parts of hours count in part", async () => {
    const [hours] = await desk.sql`
      select hour_of_week('2026-11-30T00:00:00Z') as monday, hour_of_week('2026-11-29T23:59:59Z') as sunday,
        hour_of_week('2026-12-02T05:30:00+05:30') as kolkata`;
    expect(hours).toEqual({ monday: 0, sunday: 167, kolkata: 48 });
    await desk.sql.begin(async (tx) => {
      await tx`set local time zone 'Asia/Kathmandu'`;
      const [part] = await tx`
        select expected_between(r, '2026-11-29T23:45:00Z', '2026-11-30T00:20:00Z')::float8 as edge,
          expected_between(r, '2026-11-29T23:00:00Z', '2026-12-06T23:00:00Z')::float8 as week,
          expected_between(r, '2026-11-30T01:00:00Z', '2026-11-30T01:00:00Z')::float8 as nothing,
          expected_by(r, '2026-11-30T00:50:00Z', 4) = '2026-12-07T00:10:00Z' as is_next_monday,
          expected_by(r, '2026-11-30T01:00:00Z', 24) = '2026-12-14T01:00:00Z' as is_third
        from (select array_fill(12::numeric, '{1}') || array_fill(0::numeric, '{167}') as r) x`;
      expect(part).toEqual({ edge: 4, week: 12, nothing: 0, is_next_monday: true, is_third: true });
    });
  });

  test("When so many are expected is the inverse of how many are expected, for any rates and spans", async () => {
    const random = seededRandom();
    const cases = Array.from({ length: 200 }, () => ({
      rates: Array.from({ length: 168 }, () => (random() < 0.3 ? 0 : Math.round(random() * 1e6) / 1e5)),
      from: Math.round(1.7e9 + random() * 1e7),
      seconds: Math.round(60 + random() ** 3 * 40 * 86_400),
    }));
    const found = await desk.sql<{ expected: number; seconds: number; back: number; next: number }[]>`
      select x.expected::float8, c.seconds, expected_between(c.rates, c.at, t.at)::float8 as back,
        extract(epoch from t.at - c.at)::float8 as next
      from (
        select array(select jsonb_array_elements_text(y.rates))::numeric[] as rates, to_timestamp(y.from) as at, y.seconds
        from jsonb_to_recordset(${desk.sql.json(cases)}) as y("from" float8, seconds int, rates jsonb)
      ) c
      cross join lateral (
        select expected_between(c.rates, c.at, c.at + make_interval(secs => c.seconds)) as expected
      ) x
      cross join lateral (select expected_by(c.rates, c.at, x.expected - 0.000001) as at) t`;
    for (const [n, { expected, seconds, back, next }] of found.entries()) {
      const { rates, from } = cases[n] as (typeof cases)[number];
      // By second, as nobody would write it in SQL.
      let sum = 0;
      for (let second = 0; second < Math.min(seconds, 20_000); second += 1) {
        sum += (rates[(Math.floor((from + second) / 3_600) + 72) % 168] as number) / 3_600;
      }
      if (seconds <= 20_000) expect(expected).toBeCloseTo(sum, 3);
      if (expected < 0.001) continue;
      expect(back).toBeCloseTo(expected, 2);
      // Earlier where nothing is expected at the end of the span.
      expect(next).toBeLessThanOrEqual(seconds + 0.01);
    }
  });

  test("Where events come steadily the rate is theirs, and less than 14 days or three a day offer nothing", async () => {
    await seedHours("steady", { perHour: 10 });
    await seedHours("new", { perHour: 10, days: 13 });
    await seedHours("daily", { perHour: 1 });
    await desk.sql`delete from statistics_hours where event_type = 'daily' and extract(hour from hour) <> 3`;
    expect(await learn()).toBe(1);
    const steady = await habit("steady");
    expect(steady?.rates.every((rate) => Math.abs(rate - 10) < 0.001)).toBe(true);
    expect(steady).toMatchObject({ per_day: 240, days: 42, spread: null });
    expect(steady?.threshold).toBeCloseTo(Math.log(240 * 30), 2);
    expect(await habit("new")).toBeUndefined();
    expect(await habit("daily")).toBeUndefined();
    const expected = await desk.sql`select * from expected_arrivals()`;
    expect(expected).toEqual([
      { organisation_id: null, provider: "stripe", event_type: null },
      { organisation_id: null, provider: "stripe", event_type: "steady" },
    ]);
    const signal = await evaluate(await watch({ type: "new" }));
    expect(signal).toMatchObject({ is_bad: false, value: null });
    expect(signal.explain.text).toContain("less than 14 days of history");
  });

  test("It is learnt once an hour, in parts, of each organisation with a source of its own; what stopped weeks ago is expected no more", async () => {
    await desk.sql`
      insert into sources (provider, name, organisation_id, token_hash, token_hint)
      values ('stripe', 'a', 'acme', sha256('a'), 'aaaa'), ('stripe', 'b', 'globex', sha256('b'), 'bbbb')`;
    for (const organisation of ["", "acme", "initech"]) await seedHours("paid", { perHour: 10, organisation });
    const part = () => call("pipeline", "learn_arrivals", { p_limit: 1 });
    expect([await part(), await part(), await part(), await part(), await part()]).toEqual([1, 1, 1, 0, 0]);
    expect(await desk.sql`select distinct organisation_id from arrival_habits order by 1`).toEqual([
      { organisation_id: "" },
      { organisation_id: "acme" },
    ]);
    await shiftClock(desk.sql, "61 minutes");
    expect(await learn()).toBe(3);
    await shiftClock(desk.sql, "27 days");
    expect(await learn()).toBe(3);
    expect(await habit("paid")).toBeDefined();
    await shiftClock(desk.sql, "29 days");
    expect(await learn()).toBe(3);
    expect(await habit("paid")).toBeUndefined();
  });

  test("Hours of an incident, hours in which we refused or failed most, and hours in which nobody reached us are not learnt from", async () => {
    const quiet = (from: string, to: string) => desk.sql`
      delete from statistics_hours where hour >= date_trunc('hour', now_(), 'UTC') - ${from}::interval
        and hour < date_trunc('hour', now_(), 'UTC') - ${to}::interval`;
    const note = (outcome: string, count: number, from: string, to: string) => desk.sql`
      insert into statistics_hours (hour, provider, event_type, outcome, shard, count)
      select h, 'stripe', 'paid', ${outcome}, 0, ${count} from generate_series(
        date_trunc('hour', now_(), 'UTC') - ${from}::interval,
        date_trunc('hour', now_(), 'UTC') - ${to}::interval - interval '1 hour', interval '1 hour'
      ) h`;
    const least = async () => {
      await desk.sql`truncate heartbeats`;
      await learn();
      return Math.min(...((await habit("paid"))?.rates ?? [])).toFixed(2);
    };
    await seedHours("paid", { perHour: 60 });
    // An outage of six hours is seen in the rates, until an incident says that it was one.
    await quiet("100 hours", "94 hours");
    await desk.sql`
      insert into statistics_hours (hour, provider, event_type, outcome, shard, count)
      select distinct hour, 'telnyx', 'other', 'received', 0, 1 from statistics_hours
      union all select date_trunc('hour', now_(), 'UTC') - n * interval '1 hour', 'telnyx', 'other', 'received', 0, 1
      from generate_series(95, 100) n`;
    expect(await least()).toBe("50.00");
    const id = await seedIncident(desk.sql, [{ provider: "stripe", identity: "evt_1", event_type: "paid" }]);
    expect(await least()).toBe("50.00");
    const dates = (from: string, to: string) =>
      desk.sql.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx`update incidents set from_ts = now_() - ${from}::interval, to_ts = now_() - ${to}::interval where id = ${id}`;
      });
    await dates("20 days", "1 day");
    expect(await least(), "an incident of weeks is no outage").toBe("50.00");
    await dates("101 hours", "94 hours");
    expect(await least()).toBe("60.00");

    await quiet("200 hours", "195 hours");
    await note("rejected", 400, "200 hours", "195 hours");
    expect(await least(), "a secret that was rolled").toBe("60.00");
    await quiet("230 hours", "225 hours");
    await note("received", 5, "230 hours", "225 hours");
    await note("failed", 50, "230 hours", "225 hours");
    expect(await least(), "our endpoint was down").toBe("60.00");
    await quiet("290 hours", "285 hours");
    expect(await least(), "we were not there").toBe("60.00");
    // What is always so is no outage.
    await desk.sql`delete from statistics_hours where outcome in ('rejected', 'failed')`;
    await note("failed", 500, "1000 hours", "0 hours");
    expect(await least()).not.toBe("60.00");
    expect((await habit("paid"))?.days).toBeGreaterThan(40);
  });
});

describe("What is told", () => {
  test("It is silent from evaluate_after on, and not a minute before; an event ends it", async () => {
    await seedHours("paid", { perHour: 10 });
    await came("0");
    await learn();
    const series = await watch();
    const first = await evaluate(series);
    expect(first.is_bad).toBe(false);
    // 10 an hour: the logarithm of 7,200 gaps in 30 days is 8.88 events, or 53 minutes.
    const due = Date.parse(first.evaluate_after as string);
    const minutes = (due - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(52);
    expect(minutes).toBeLessThan(54.5);
    const at = (ms: number) => shiftClock(desk.sql, `${due + ms - Date.now()} milliseconds`);
    await at(-60_000);
    const before = await evaluate(series);
    expect(before).toMatchObject({ is_bad: false, evaluate_after: first.evaluate_after });
    await at(5);
    const after = await evaluate(series);
    expect(after).toMatchObject({ is_bad: true, waits: true, evaluate_after: null });
    expect(after.explain).toMatchObject({ observed: 0, link: "/events?provider_slug=stripe&event_type=paid" });
    expect(after.explain.expected).toBeCloseTo(after.explain.threshold, 1);
    // Nobody asked the provider until the next evaluation: it is told as the rule has it.
    const next = await evaluate(series);
    expect(next).toMatchObject({ is_bad: true });
    expect([next.waits, next.severity]).toEqual([undefined, undefined]);
    await came("0", "duplicate");
    expect(await evaluate(series)).toMatchObject({ is_bad: false });
  });

  test("Many a second are not silent before five minutes have passed", async () => {
    await seedHours("paid", { perHour: 36_000 });
    await came("0");
    await learn();
    const series = await watch();
    const { evaluate_after } = await evaluate(series);
    const [last] = await desk.sql`select last_arrival('', 'stripe', 'paid') as at`;
    expect(Date.parse(evaluate_after as string) - last?.at.getTime()).toBe(300_000);
  });

  test("At least one per so many hours needs no history; at least five counts them", async () => {
    const one = await watch({ settings: { window_minutes: 180 } });
    expect(await evaluate(one), "nothing ever came").toMatchObject({ is_bad: true, waits: true });
    await came("2 hours");
    const well = await evaluate(one);
    expect(well).toMatchObject({ is_bad: false, value: 1 });
    const due = Date.parse(well.evaluate_after as string);
    expect(due - Date.now()).toBeLessThanOrEqual(61 * 60_000);
    await shiftClock(desk.sql, `${due - Date.now() - 60_000} milliseconds`);
    expect((await evaluate(one)).is_bad).toBe(false);
    await shiftClock(desk.sql, `${due - Date.now() + 5} milliseconds`);
    expect(await evaluate(one)).toMatchObject({ is_bad: true, value: 0 });

    await shiftClock(desk.sql, "0");
    const five = await watch({ settings: { window_minutes: 180, at_least: 5 } });
    const few = await evaluate(five);
    expect(few).toMatchObject({ is_bad: true, value: 1, explain: { threshold: 5 } });
    expect(few.waits).toBeUndefined();
    for (const ago of ["10 minutes", "20 minutes", "30 minutes", "100 minutes"]) await came(ago);
    expect(await evaluate(five)).toMatchObject({ is_bad: false, value: 5 });
  });

  test("A rule with a window has its series without a habit", async () => {
    await desk.sql`
      insert into alert_rules (kind, name, provider, event_type, settings, severity)
      values ('silence', 'Paid', 'stripe', 'paid', '{"window_minutes": 60}', 'P2')`;
    await evaluateAlerts();
    const series = await desk.sql`select provider, event_type, state, problem from alert_series`;
    expect(series).toEqual([{ provider: "stripe", event_type: "paid", state: "ok", problem: null }]);
    await shiftClock(desk.sql, "61 minutes");
    await evaluateAlerts();
    await shiftClock(desk.sql, "62 minutes");
    await evaluateAlerts();
    expect(await desk.sql`select severity, event_type from alerts`).toEqual([{ severity: "P2", event_type: "paid" }]);
  });

  test("Nothing is missing while its source is switched off", async () => {
    await desk.sql`
      insert into sources (provider, name, organisation_id, token_hash, token_hint)
      values ('stripe', 'a', 'acme', sha256('a'), 'aaaa')`;
    await seedHours("paid", { perHour: 10, until: "5 hours", organisation: "acme" });
    await learn();
    const series = await watch({ organisation: "acme" });
    expect((await evaluate(series)).is_bad).toBe(true);
    await desk.sql`update sources set enabled = false`;
    const off = await evaluate(series);
    expect(off.is_bad).toBe(false);
    expect(off.explain.text).toContain("switched off");
  });

  test("A drop is three windows in a row with far too few of at least 20; nothing at all is silence", async () => {
    await seedHours("paid", { perHour: 12 });
    await learn();
    const series = await watch({ kind: "drop" });
    const last = (hours: number, count: number) => desk.sql`
      update statistics_hours set count = ${count}
      where hour >= date_trunc('hour', now_(), 'UTC') - make_interval(hours => ${hours})`;
    expect(await evaluate(series, "drop")).toMatchObject({ is_bad: false, value: 0 });
    // Windows of two hours with 24 events each. 2 of 24 is 4.5 standard deviations.
    await last(6, 1);
    const drop = await evaluate(series, "drop");
    expect(drop).toMatchObject({ is_bad: true, value: -4.49, explain: { observed: 6, expected: 72, threshold: -4 } });
    expect(drop.explain.text).toBe("stripe paid: 6 events in 6 hours, where 72 are usual.");
    await last(6, 12);
    await last(4, 1);
    expect((await evaluate(series, "drop")).is_bad, "two windows").toBe(false);
    await last(6, 0);
    expect((await evaluate(series, "drop")).is_bad, "silence").toBe(false);
    await last(6, 3);
    expect((await evaluate(series, "drop")).is_bad, "6 of 24 is 3.7 deviations").toBe(false);
    await desk.sql`update arrival_habits set spread = 10`;
    await last(6, 1);
    expect((await evaluate(series, "drop")).is_bad, "as uneven as usual").toBe(false);
    const slow = await watch({ kind: "drop", type: "slow" });
    expect((await evaluate(slow, "drop")).explain.text).toContain("too few");
  });
});

describe("The provider is asked first", () => {
  let stripe: StripeFake;
  beforeEach(async () => {
    stripe = await startStripe();
    Object.assign(process.env, { STRIPE_SECRET_KEY: stripe.key, STRIPE_API_URL: stripe.url });
    await seedHours(TYPE, { perHour: 10, until: "5 hours" });
    await learn();
  });
  afterEach(async () => {
    delete process.env.STRIPE_SECRET_KEY;
    await stripe.close();
  });

  /** What the provider sent, or did not, so many minutes ago. */
  const atProvider = (minutes: number) =>
    stripeEvent({ type: TYPE, created: Math.floor(Date.now() / 1000) - minutes * 60 });
  const asking = async (series: number) =>
    (
      await desk.sql`select asking_run_id::int as run, asking_until > now_() as waits from alert_series where id = ${series}`
    )[0];

  test("It has events that are not here: critical, with an incident of exactly those", async () => {
    const missing = [30, 60, 90].map((minutes) => atProvider(minutes));
    stripe.add([...missing, atProvider(600)]);
    const series = await watch({ type: TYPE });
    expect(await evaluate(series), "nobody has asked yet").toMatchObject({ is_bad: true, waits: true });
    await tendSilence();
    expect(await asking(series)).toMatchObject({ waits: true, run: expect.any(Number) });
    expect(await evaluate(series), "while it is asked").toMatchObject({ is_bad: true, waits: true });
    await workOnRuns(desk.sql);
    expect(await evaluate(series), "until the incident is open").toMatchObject({ waits: true });
    await tendSilence();
    await tendSilence();
    const signal = await evaluate(series);
    expect(signal).toMatchObject({ is_bad: true, severity: "P1", incident_id: expect.any(Number) });
    expect(signal.waits).toBeUndefined();
    expect(signal.explain.text).toContain("The provider lists 3 that we do not have.");
    const incidents = await desk.sql`
      select id::int, opened_by, actor, severity, total, organisations from incidents`;
    expect(incidents).toEqual([
      { id: signal.incident_id, opened_by: "alert", actor: "Alerts", severity: "P1", total: 3, organisations: null },
    ]);
    const items = await desk.sql`select identity from incident_items order by identity`;
    expect(items.map(({ identity }) => identity)).toEqual(missing.map(({ id }) => id).toSorted());
    const [run] = await desk.sql`select started_by, dry_run, types, from_ts from reconciliations`;
    expect(run).toMatchObject({ started_by: "alert", dry_run: true, types: [TYPE] });
  });

  test("With the first rules: the evaluation waits for the answer, and fires once for the provider, which includes its type", async () => {
    await call("pipeline", "add_first_rules", {});
    stripe.add([30, 60].map((minutes) => atProvider(minutes)));
    const states = () =>
      desk.sql`
        select s.event_type, s.state from alert_series s join alert_rules r on r.id = s.rule_id
        where r.kind = 'silence' order by s.event_type nulls first`;
    await evaluateAlerts();
    await evaluateAlerts();
    expect(await states()).toEqual([null, TYPE].map((event_type) => ({ event_type, state: "pending" })));
    expect(await desk.sql`select from alerts`).toHaveLength(0);
    await workOnRuns(desk.sql);
    await shiftClock(desk.sql, "1 minute");
    await evaluateAlerts();
    expect(await states()).toEqual([null, TYPE].map((event_type) => ({ event_type, state: "firing" })));
    const alerts = await desk.sql`
      select event_type, severity, suppressed_because is null as is_told, incident_id is not null as has_incident,
        summary like '%The provider lists 2 that we do not have.' as says_why
      from alerts where kind = 'silence' order by event_type nulls first`;
    expect(alerts).toEqual(
      [null, TYPE].map((event_type) => ({
        ...{ event_type, severity: "P1", is_told: event_type === null, has_incident: true, says_why: true },
      })),
    );
    expect(await desk.sql`select from incidents`).toHaveLength(1);
    expect(await desk.sql`select from reconciliations`).toHaveLength(1);
  });

  test("It has none: information. The next silence is asked about anew", async () => {
    stripe.add([atProvider(600)]);
    const series = await watch({ type: TYPE });
    await tendSilence();
    await workOnRuns(desk.sql);
    await tendSilence();
    const signal = await evaluate(series);
    expect(signal).toMatchObject({ is_bad: true, severity: "P4" });
    expect(signal.explain.text).toContain("quiet at the provider");
    expect(await desk.sql`select from incidents`).toHaveLength(0);
    expect(await desk.sql`select from reconciliations`).toHaveLength(1);
    await desk.sql`update statistics_hours set event_type = 'other' where event_type = 'paid'`;
    await desk.sql`
      insert into statistics_hours (hour, provider, event_type, outcome, shard, count)
      values (date_trunc('hour', now_(), 'UTC'), 'stripe', ${TYPE}, 'received', 1, 1)`;
    expect(await evaluate(series)).toMatchObject({ is_bad: false });
    expect(await asking(series)).toEqual({ run: null, waits: null });
    await desk.sql`delete from statistics_hours where shard = 1`;
    await desk.sql`update alert_series set evaluate_after = now_()`;
    await tendSilence();
    expect(await desk.sql`select from reconciliations`).toHaveLength(2);
  });

  test.each([
    ["refuses the key", { status: 401 }],
    ["does not answer within two minutes", { status: 503 }],
  ])("It %s: a warning", async (_how, answer) => {
    stripe.tamper(() => answer);
    const series = await watch({ type: TYPE });
    await tendSilence();
    const windows = await call("pipeline", "claim_windows", { p_worker: "test", p_limit: 8, p_lease_seconds: 30 });
    expect(windows.length).toBeGreaterThan(0);
    await Promise.all(windows.map((window) => readWindow(window, new AbortController().signal)));
    await tendRuns();
    if (answer.status === 503) expect(await evaluate(series)).toMatchObject({ waits: true });
    await shiftClock(desk.sql, "121 seconds");
    await tendSilence();
    const signal = await evaluate(series);
    expect(signal).toMatchObject({ is_bad: true, severity: "P3" });
    expect(signal.waits).toBeUndefined();
    expect(signal.explain.text).toContain("was asked, and did not answer");
  });

  test("Without a key it is not asked, and told at once as the rule has it", async () => {
    delete process.env.STRIPE_SECRET_KEY;
    const series = await watch({ type: TYPE });
    await tendSilence();
    const signal = await evaluate(series);
    expect(signal).toMatchObject({ is_bad: true });
    expect([signal.waits, signal.severity]).toEqual([undefined, undefined]);
    expect(await desk.sql`select from reconciliations`).toHaveLength(0);
  });

  test("Series of one source share one run, of any number of processes that ask at a time", async () => {
    stripe.add([atProvider(600)]);
    const all = await watch({ type: null });
    const one = await watch({ type: TYPE });
    await Promise.all([tendSilence(), tendSilence(), tendSilence()]);
    const runs = await desk.sql`select id::int, types from reconciliations`;
    const taken = await Promise.all([asking(all), asking(one)]);
    expect(taken.map((series) => series?.run).toSorted()).toEqual(taken.map((s) => s?.run).toSorted());
    expect(new Set(taken.map((series) => series?.run)).size).toBe(runs.length);
    expect(runs.length).toBeLessThanOrEqual(2);
    await workOnRuns(desk.sql);
    expect(await evaluate(all)).toMatchObject({ severity: "P4" });
    expect(await evaluate(one)).toMatchObject({ severity: "P4" });
  });
});
