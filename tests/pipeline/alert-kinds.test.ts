/**
 * Every kind of rule fires on what it is about, with its reason, and does not on what is nearly that. Long because it is the
 * table of all kinds. Silence and drop have tests of their own.
 */
import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAlertWorker } from "@/lib/alerts/run";
import { ALERT_KIND, type AlertKind } from "@/lib/contract/alert-kinds";
import { alertPage } from "@/lib/contract/api/alerts";
import { listAlerts } from "@/lib/queries/alerts";
import { EVERYTHING } from "@/lib/scope";
import { type Alerting, openAlerting } from "../support/alerting";
import { type Desk, openDesk } from "../support/desk";
import { until } from "../support/processes";

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

type Arrange = () => Promise<unknown>;
interface Case {
  kind: AlertKind;
  bad: Arrange;
  /** What the alert says. */
  says: RegExp;
  link: RegExp;
  /** Nearly the same, and nothing fires. */
  well: Record<string, Arrange>;
}

const health = async (fields: Record<string, unknown>) => {
  await sql`insert into destination_health ${sql({ destination_id: await sdk(), ...fields })}`;
};
const sdk = async () => Number((await sql`select id from destinations where slug = 'agent-sdk'`)[0]?.id);
const ago = (minutes: number) => sql`now_() - ${`${minutes} minutes`}::interval`;
/** Attempts of the Agent SDK now, all of one duration. */
const took = async (milliseconds: number, attempts: number) =>
  sql`insert into destination_statistics (destination_id, span, at, succeeded, latency)
    values (${await sdk()}, 'minute', date_trunc('minute', now_()), ${attempts},
      latency_histogram(array_fill(${milliseconds}::int, array[${attempts}::int])))`;
const failing = { consecutive_failures: 6, last_error_class: "timeout" };
const downSince = async (minutes: number, fields: Record<string, unknown> = failing) =>
  health({ ...fields, failing_since: (await sql`select ${ago(minutes)} as at`)[0]?.at, last_failure_at: new Date() });
const replay = async (total: number, minutes: number, fields: Record<string, unknown> = {}) => {
  const [{ at } = {}] = await sql`select ${ago(minutes)} as at`;
  const [row] = await sql`insert into replays ${sql({
    ...{ kind: "query", status: "completed", reason: "a test", actor: "Ada", actor_id: "a", options: sql.json({}) },
    ...{ selection: sql.json({}), total, queued_at: at, created_at: at, started_at: at, next_feed_at: at },
    ...{ completed_at: at, organisations: ["acme"], ...fields },
  } as Record<string, postgres.SerializableParameter>)} returning id`;
  return Number(row?.id);
};
const failedItem = async (event: number, delivery: number) => {
  const id = await replay(1, 10, { failed: 1 });
  await sql`insert into replay_items (replay_id, position, event_id, delivery_id, ordering_key, outcome, finished_at)
    values (${id}, 1, ${event}, ${delivery}, '', 'failed', now_())`;
};
const running = { status: "running", completed_at: null };
const run = async (fields: Record<string, unknown> = {}) => {
  const [row] = await sql`insert into reconciliations ${sql({
    ...{ provider: "stripe", started_by: "schedule", status: "completed", actor: "Schedule", actor_id: "schedule" },
    ...{ from_ts: new Date(0), to_ts: new Date(1), completed_at: new Date(), ...fields },
  } as Record<string, postgres.SerializableParameter>)} returning id`;
  return Number(row?.id);
};
const finding = async (count: number, { hours = 1, closed = null as number | null, kind = "missing" } = {}) => {
  const id = await run();
  await sql`insert into findings (reconciliation_id, provider, kind, state, identity, event_type, occurred_at, origin, closed_at)
    select ${id}, 'stripe', ${kind}, ${closed === null ? "open" : "repaired"}, 'evt_' || n, 'a.b',
      now_() - ${`${hours} hours`}::interval, 'provider_api', now_() - ${closed === null ? null : `${closed} minutes`}::interval
    from generate_series(1, ${count}) n`;
};
/** A delivery that a worker could take, due for so long. */
const due = async (seconds: number) =>
  sql`insert into deliveries (event_id, destination_id, due_at)
    values (1, ${await sdk()}, now_() - ${`${seconds} seconds`}::interval)`;
const worker = (secondsAgo: number, details: Record<string, number> = {}) =>
  sql`insert into heartbeats (name, kind, at, details)
    values ('w', 'worker', now_() - ${`${secondsAgo} seconds`}::interval, ${sql.json(details)})`;
/** An API token that ends so many days from now. */
const token = async ({
  days,
  used = "1 day",
  revoked = false,
}: {
  days: number;
  used?: string | null;
  revoked?: boolean;
}) => {
  await sql`delete from api_tokens`;
  await sql`
    insert into staff_users (email, name, role) values ('ada@example.com', 'Ada Lovelace', 'admin') on conflict do nothing`;
  await sql`
    insert into api_tokens (name, token_hash, hint, scopes, owner_id, created_by, created_at, expires_at, last_used_at, revoked_at)
    select 'CI deploy', sha256('a'), 'aaaa', '{view}', u.id, 'Ada Lovelace', now_() - interval '30 days',
      now_() + make_interval(days => ${days}), now_() - ${used}::interval, case when ${revoked} then now_() end
    from staff_users u where u.email = 'ada@example.com'`;
};
const pause = () => sql`update destinations set paused_at = now_() where slug = 'agent-sdk'`;

const CASES: Case[] = [
  {
    kind: "success_rate",
    bad: () => on.count({ delivered: 30, failed: 60, dead: 10 }),
    says: /^stripe: 30 of 100 delivery attempts succeeded in the last 15 minutes \(30\.0 %\)\.$/,
    link: /^\/events\?provider_slug=stripe&status=failed,dead&from_ts=2/,
    well: {
      "one failure at night": () => on.count({ failed: 1, dead: 1 }),
      "fewer than 20 attempts": () => on.count({ failed: 19 }),
      "what may be chance": () => on.count({ delivered: 17, failed: 6 }),
      "what was before the window": () => on.count({ failed: 90 }).then(() => on.skip(17)),
    },
  },
  {
    kind: "dead_letters",
    bad: () => on.count({ dead: 6 }),
    says: /^stripe: 6 dead letters in the last hour\.$/,
    link: /status=dead&from_ts=/,
    well: { five: () => on.count({ dead: 5, failed: 50 }) },
  },
  {
    kind: "attempts",
    bad: () => on.count({ delivered: 20, failed: 20 }),
    says: /took 2\.00 attempts on average/,
    link: /^\/events/,
    well: {
      "few deliveries": () => on.count({ delivered: 2, failed: 9 }),
      "one each": () => on.count({ delivered: 99 }),
    },
  },
  {
    kind: "stalled",
    bad: async () => {
      await on.count({ received: 1 }, { provider: "chatwoot", event_type: "message_created" });
      await on.skip(31);
      await on.count({ received: 5 }, { provider: "chatwoot", event_type: "message_created" });
    },
    says: /^chatwoot: 5 events came in the last 30 minutes, and none were delivered\.$/,
    link: /provider_slug=chatwoot/,
    well: {
      "what came a minute ago": () =>
        on.count({ received: 5 }, { provider: "chatwoot", event_type: "message_created" }),
      "one delivered": async () => {
        await on.count({ received: 1 }, { provider: "chatwoot", event_type: "a" });
        await on.skip(31);
        await on.count({ received: 5, delivered: 1 }, { provider: "chatwoot", event_type: "a" });
      },
      "what nothing wants": () => on.count({ received: 5 }, { provider: "platform", event_type: "a.b" }),
      "a destination that is paused": () =>
        pause().then(() => on.count({ received: 5 }, { provider: "chatwoot", event_type: "message_created" })),
    },
  },
  {
    kind: "failures_doubled",
    bad: () =>
      on
        .count({ failed: 15 })
        .then(() => on.skip(61))
        .then(() => on.count({ failed: 20, dead: 11 })),
    says: /^stripe: 31 failures in the last hour, 15 in as long before\.$/,
    link: /^\/events/,
    well: {
      "not twice as many": () =>
        on
          .count({ failed: 16 })
          .then(() => on.skip(61))
          .then(() => on.count({ failed: 31 })),
      few: () => on.count({ failed: 19 }),
    },
  },
  {
    kind: "rejections",
    bad: () => on.count({ rejected: 12 }, { event_type: "bad_signature" }).then(() => on.count({ received: 3 })),
    says: /12 requests with a bad signature .* Was the secret changed\?$/,
    link: /provider_slug=stripe/,
    well: {
      "mostly accepted": () =>
        on.count({ rejected: 12 }, { event_type: "bad_signature" }).then(() => on.count({ received: 99 })),
      "other reasons": () => on.count({ rejected: 50 }, { event_type: "too_large" }),
    },
  },
  {
    kind: "slow_endpoint",
    bad: () => took(3_500, 20),
    says: /^Agent SDK: 95 % of 20 attempts in the last 15 minutes took up to \d\.\d s\.$/,
    link: /^\/destinations\/ds_\d+$/,
    well: { fast: () => took(800, 20), "few attempts": () => took(3_500, 5) },
  },
  {
    kind: "endpoint_down",
    bad: () => downSince(6),
    says: /^Agent SDK failed 6 times in a row since \d\d:\d\d UTC\. The last error: timeout\.$/,
    link: /^\/destinations\/ds_\d+$/,
    well: {
      "for four minutes": () => downSince(3),
      "two failures": () => downSince(60, { ...failing, consecutive_failures: 2 }),
      "while it is paused": () => pause().then(() => downSince(6)),
      "errors of single events that are old": () =>
        downSince(600, { ...failing, last_error_class: "http_422" }).then(
          () => sql`update destination_health set last_failure_at = now_() - interval '2 hours'`,
        ),
    },
  },
  {
    kind: "endpoint_disabled",
    bad: () =>
      sql`update destinations set enabled = false, disabled_at = now_(), disabled_because = 'It failed for 5 days.'
        where slug = 'agent-sdk'`,
    says: /^Agent SDK was disabled: It failed for 5 days\.$/,
    link: /^\/destinations\//,
    well: {
      "by a person": () => sql`update destinations set enabled = false, disabled_at = now_() where slug = 'agent-sdk'`,
    },
  },
  {
    kind: "replay_volume",
    bad: () => replay(100, 600).then(() => replay(301, 5)),
    says: /^acme: 301 deliveries were replayed within an hour; the busiest hour of the last 30 days had 100\.$/,
    link: /^\/replays$/,
    well: { "as usual": () => replay(200, 600).then(() => replay(301, 5)), few: () => replay(99, 5) },
  },
  {
    kind: "repeated_failures",
    bad: () => Promise.all([1, 2, 3].map((delivery) => failedItem(7, delivery))),
    says: /^1 events failed in 3 replays or more: we_7\.$/,
    link: /^\/events\/we_7$/,
    well: { twice: () => Promise.all([1, 2].map((delivery) => failedItem(7, delivery))) },
  },
  {
    kind: "stuck_replay",
    bad: () => replay(50, 7, running),
    says: /^Replays that do not move, or take longer than they should: wr_\d+\.$/,
    link: /^\/replays\/wr_\d+$/,
    well: {
      "that just began": () => replay(50, 2, running),
      paused: () => replay(50, 7, { status: "paused", completed_at: null }),
      "that moves": async () => {
        const id = await replay(50, 7, running);
        await sql`insert into replay_items (replay_id, position, event_id, delivery_id, ordering_key, outcome, finished_at)
          values (${id}, 1, 1, 1, '', 'delivered', now_())`;
      },
    },
  },
  {
    kind: "missing",
    bad: () => finding(2),
    says: /^stripe: 2 events of the provider are missing here, the oldest from 20\d\d-/,
    link: /^\/reconciliation\/rc_\d+$/,
    well: { "other findings": () => finding(2, { kind: "drifted" }), repaired: () => finding(2, { closed: 5 }) },
  },
  {
    kind: "repairs",
    bad: () => finding(25, { closed: 5 }),
    says: /^stripe: 25 missing events were brought back within an hour; usually it is 0\.0\.$/,
    link: /^\/reconciliation$/,
    well: { few: () => finding(19, { closed: 5 }), earlier: () => finding(25, { closed: 90 }) },
  },
  {
    kind: "horizon",
    bad: () => finding(1, { hours: 29 * 24 }),
    says: /^stripe: the API lists the oldest of 1 missing events for (24\.0|23\.9) more hours\.$/,
    link: /^\/reconciliation$/,
    well: { "far from it": () => finding(1, { hours: 24 }), "nothing missing": () => run() },
  },
  {
    kind: "configuration",
    bad: () => run({ configuration: sql.json({ problems: [{ code: "x", title: "The endpoint is disabled." }] }) }),
    says: /^stripe: The endpoint is disabled\.$/,
    link: /^\/reconciliation$/,
    well: {
      "fixed since": () =>
        run({ configuration: sql.json({ problems: [{ code: "x", title: "Disabled." }] }) }).then(() =>
          run({ configuration: sql.json({ problems: [] }), created_at: new Date(Date.now() + 1000) }),
        ),
    },
  },
  {
    kind: "oldest_due",
    bad: () => due(400),
    says: /^The oldest delivery that could be sent has waited for \d+ s\.$/,
    link: /^\/$/,
    well: { "five minutes": () => due(200), "held back": () => due(400).then(pause) },
  },
  {
    kind: "worker_gone",
    bad: () => due(100).then(() => worker(150)),
    says: /^0 workers report, 1 stopped without notice, and the oldest delivery has waited for \d+ s\.$/,
    link: /^\/$/,
    well: { "one that reports": () => due(100).then(() => worker(20)), "with nothing to do": () => worker(150) },
  },
  {
    kind: "channel_failing",
    bad: () => sql`update channels set failures = 2, problem = 'The address does not exist'`,
    says: /^Channels that accept nothing: Tests \(The address does not exist\)\.$/,
    link: /^\/alerts\/channels$/,
    well: { "one failure": () => sql`update channels set failures = 1` },
  },
  {
    kind: "disk_low",
    bad: () => worker(20, { disk_free_mib: 900 }),
    says: /^900 MiB are free where the database is\. Webhooks are rejected when the disk is full\.$/,
    link: /^\/$/,
    well: {
      "enough is free": () => worker(20, { disk_free_mib: 1024 }),
      "one that reports no more": () => worker(150, { disk_free_mib: 900 }),
      "a database elsewhere": () => worker(20),
    },
  },
  {
    kind: "credential_expiring",
    bad: () => token({ days: 6 }),
    says: /^API tokens in use that expire soon: CI deploy \(of Ada Lovelace, on \d{4}-\d\d-\d\d\)\.$/,
    link: /^\/settings\/tokens$/,
    well: {
      "in eight days": () => token({ days: 8 }),
      "one that is not used": () => token({ days: 6, used: null }),
      "one that was revoked": () => token({ days: 6, revoked: true }),
      "one that has expired": () => token({ days: -1 }),
    },
  },
];

test("Every kind has its row", () => {
  const elsewhere = ["silence", "drop"];
  expect(CASES.map(({ kind }) => kind).sort()).toEqual(
    Object.keys(ALERT_KIND)
      .filter((kind) => !elsewhere.includes(kind))
      .sort(),
  );
});

test("The bound of a rate is Wilson's, as SciPy computes it", async () => {
  const [bound] =
    await sql`select wilson_upper(15, 20)::float as most, wilson_upper(30, 100)::float as many, wilson_upper(0, 0) as none`;
  expect(bound?.most).toBeCloseTo(0.88814, 3);
  expect(bound?.many).toBeCloseTo(0.39585, 3);
  expect(bound?.none).toBeNull();
});

/** With the defaults of its kind. A minute passes with the evaluation. */
async function firesOf(kind: AlertKind, arrange: Arrange) {
  await on.rule({ kind, settings: ALERT_KIND[kind].settings });
  await arrange();
  await sql`select evaluate_alerts(1000, '{"stripe": 30}')`;
  expect(await sql`select problem from alert_series where problem is not null`).toEqual([]);
  return alertPage.parse(await listAlerts({ state: "firing", limit: 10 }, EVERYTHING)).alerts;
}

describe.each(CASES)("$kind", ({ kind, bad, says, link, well }) => {
  test("fires, and says why", async () => {
    const [alert, ...others] = await firesOf(kind, bad);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ kind, summary: expect.stringMatching(says) });
    expect(alert?.explain).toMatchObject({ text: alert?.summary, link: expect.stringMatching(link) });
  });

  test.each(Object.entries(well))("does not fire: %s", async (_what, arrange) => {
    expect(await firesOf(kind, arrange)).toEqual([]);
    const [{ series } = {}] =
      await sql`select count(*)::int as series from alert_series where evaluated_at is not null`;
    expect(series, "it was evaluated").toBeGreaterThan(0);
  });
});

test("after the machine slept, the first evaluation found its own worker gone: it writes its heartbeat first", async () => {
  await on.rule({ kind: "worker_gone", settings: { threshold: 60 } });
  const evaluatedAt = async () => (await sql`select max(evaluated_at) as at from alert_series`)[0]?.at as Date | null;
  const sleeper = startAlertWorker("sleeper");
  try {
    await until("it has evaluated", async () => (await evaluatedAt()) !== null);
    await due(100);
    await on.skip(180);
    const [{ at } = {}] = await sql`select now_() as at`;
    await until("it evaluates again", async () => ((await evaluatedAt()) ?? 0) >= at);
    expect(await on.alerts()).toEqual([]);
  } finally {
    await sleeper.stop();
  }
});
