/**
 * The engine of alerts: a rule fires once, whoever evaluates, and is told again, resolved or hidden as it should.
 * Long because each step of one state machine is tried on one database.
 */
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSilence, endSilence } from "@/lib/commands/alert-silences";
import { acknowledgeAlert, assignAlert } from "@/lib/commands/alerts";
import { alertRule } from "@/lib/contract/api/alert-rules";
import { silence } from "@/lib/contract/api/alert-silences";
import { alertDetail, alertPage } from "@/lib/contract/api/alerts";
import { runTick } from "@/lib/pipeline/worker";
import { listAlertRules, listAlerts, listSilences, requireAlert } from "@/lib/queries/alerts";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Alerting, openAlerting } from "../support/alerting";
import { type Desk, openDesk } from "../support/desk";

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

/** More than 5 dead letters in 10 minutes. */
const letters = { kind: "dead_letters", settings: { threshold: 5, window_minutes: 10 } };
const bad = () => on.count({ dead: 6 });
const stateOf = async () => (await sql`select state, bad from alert_series`)[0];

describe("a series", () => {
  test("is pending until it was bad often enough, fires once, and resolves when it was well for long enough", async () => {
    await on.rule({ ...letters, bad_evaluations: 3, hold_seconds: 120 });
    await on.count({ delivered: 1 });
    await on.pass(1);
    expect(await stateOf()).toEqual({ state: "ok", bad: 0 });
    await bad();
    await on.pass(2);
    expect(await stateOf()).toEqual({ state: "pending", bad: 2 });
    expect(await on.alerts()).toEqual([]);
    await on.pass(5);
    expect(await on.alerts()).toMatchObject([
      { fires: true, summary: "stripe: 6 dead letters in the last 10 minutes." },
    ]);
    // The letters leave the window after 10 minutes; two minutes later it is well for long enough.
    await on.pass(4);
    expect(await on.alerts()).toMatchObject([{ fires: true }]);
    await on.pass(3);
    expect(await on.alerts()).toMatchObject([{ fires: false }]);
    expect(await on.told()).toEqual(["fired al_1", "resolved al_1"]);
    await bad();
    await on.pass(3);
    expect(await on.told()).toEqual(["fired al_1", "resolved al_1", "fired al_2"]);
  });

  test("that is bad for a moment only, or again before it was well for long, neither fires nor flaps", async () => {
    await on.rule({ ...letters, settings: { threshold: 5, window_minutes: 1 }, bad_evaluations: 2, hold_seconds: 180 });
    await bad();
    await on.pass(4);
    expect(await on.alerts()).toEqual([]);
    for (let n = 0; n < 3; n++) {
      await bad();
      await on.pass(1);
    }
    expect(await on.alerts()).toMatchObject([{ fires: true }]);
    await on.pass(2);
    await bad();
    await on.pass(3);
    expect(await on.alerts()).toHaveLength(1);
    await on.pass(5);
    expect(await on.told()).toEqual(["fired al_1", "resolved al_1"]);
  });

  test("fires once with three evaluators at a time, in twenty rounds", async () => {
    await on.rule(letters);
    const others = [1, 2, 3].map(() => postgres(process.env.DATABASE_URL as string, { max: 1, onnotice: () => {} }));
    await bad();
    for (let round = 0; round < 20; round++) {
      await Promise.all(others.map((other) => other`select evaluate_alerts(1000)`));
      if (round % 5 === 0) await on.skip(1);
    }
    await Promise.all(others.map((other) => other.end()));
    expect(await on.alerts()).toHaveLength(1);
    expect(await on.told()).toEqual(["fired al_1"]);
  });

  test("whose evaluator is killed is evaluated by the next one: nothing is lost, nothing is told twice", async () => {
    await on.rule(letters);
    await bad();
    const killed = postgres(process.env.DATABASE_URL as string, { max: 1, onnotice: () => {} });
    const connection = await killed.reserve();
    await connection`begin`;
    const [{ pid } = {}] = await connection`select pg_backend_pid() as pid, evaluate_alerts(1000)`;
    // While it holds the turn, another one leaves at once.
    expect((await sql`select evaluate_alerts(1000) as done`)[0]?.done).toBeNull();
    await sql`select pg_terminate_backend(${pid})`;
    await killed.end({ timeout: 1 }).catch(() => {});
    await expect
      .poll(async () => (await sql`select evaluate_alerts(1000) as done`)[0]?.done)
      .toMatchObject({ fired: 1 });
    const [alert] = await on.alerts();
    expect(await on.told()).toEqual([`fired al_${alert?.id}`]);
  });

  test("that throws is postponed by an hour, alone, and its rule says why", async () => {
    await on.rule({ ...letters, name: "Broken", settings: { threshold: "many", window_minutes: 10 }, severity: "P0" });
    await on.rule({ ...letters, name: "Sound" });
    await bad();
    await on.pass(1);
    expect(await on.alerts()).toMatchObject([{ rule: "Sound" }]);
    const [broken, sound] = (await listAlertRules(EVERYTHING)).map((rule) =>
      alertRule.loose().parse({ ...rule, settings: {} }),
    );
    expect(broken).toMatchObject({ name: "Broken", problem: expect.stringContaining("many"), firing: 0 });
    expect(sound).toMatchObject({ name: "Sound", problem: null, firing: 1, fired_14_days: 1, series: 1 });
    await sql`update alert_rules set settings = '{"threshold": 5, "window_minutes": 120}' where name = 'Broken'`;
    await on.pass(58);
    expect(await on.alerts()).toHaveLength(1);
    await on.pass(3);
    expect((await on.alerts()).map(({ rule }) => rule)).toEqual(["Sound", "Broken"]);
  });

  test("of a rule that is switched off or deleted resolves, and is watched no more", async () => {
    const id = await on.rule(letters);
    await bad();
    await on.pass(1);
    await sql`update alert_rules set enabled = false where id = ${id}`;
    await on.pass(1);
    expect(await on.told()).toEqual(["fired al_1", "resolved al_1"]);
    await on.pass(2);
    expect(await on.alerts()).toHaveLength(1);
  });

  test("of what is expected no more is removed when it is well", async () => {
    await on.rule(letters);
    await on.count({ delivered: 1 }, { provider: "telnyx" });
    await on.pass(1);
    expect(await sql`select provider from alert_series`).toEqual([{ provider: "telnyx" }]);
    await on.skip(26 * 60);
    await on.count({ delivered: 1 });
    await on.pass(1);
    expect(await sql`select provider from alert_series`).toEqual([{ provider: "stripe" }]);
  });
});

test("A scheduled run of the worker evaluates, too, and leaves no heartbeat of a worker", async () => {
  await on.rule(letters);
  await bad();
  await runTick(1_000);
  expect(await on.alerts()).toHaveLength(1);
  expect((await sql`select name from heartbeats`).map(({ name }) => name).sort()).toEqual([
    "alert_flips",
    "alerts",
    "arrivals",
  ]);
});

describe("what fires", () => {
  const rates = [
    { name: "below 50", severity: "P0", settings: { threshold: 50, window_minutes: 5, at_least: 20 } },
    { name: "below 80", severity: "P1", settings: { threshold: 80, window_minutes: 30, at_least: 20 } },
  ];

  test("hides the milder alert about the same, which is told when the worse one is over", async () => {
    for (const rate of rates) await on.rule({ kind: "success_rate", ...rate });
    await on.count({ delivered: 10, failed: 40 });
    await on.pass(1);
    const [worse, milder] = await on.alerts();
    expect(worse).toMatchObject({ rule: "below 50", hidden: null });
    expect(milder).toMatchObject({ rule: "below 80", hidden: expect.stringContaining(`Part of al_${worse?.id}`) });
    expect(await on.told()).toEqual([`fired al_${worse?.id}`]);
    await on.pass(6);
    expect(await on.told()).toEqual([`fired al_${worse?.id}`, `resolved al_${worse?.id}`, `fired al_${milder?.id}`]);
  });

  test("while nothing works here, silences of providers are hidden", async () => {
    const rule = await on.rule({ kind: "silence" });
    await on.rule({ kind: "oldest_due" });
    const because = async (own: string, silent: string | null) => {
      await sql`truncate alerts restart identity cascade`;
      await sql`insert into alerts (rule_id, kind, severity, provider, summary, explain)
        values (${rule}, ${own}, 'P1', ${silent ? "stripe" : null}, 'The reason', '{}')`;
      const [alert] = await sql`insert into alerts (rule_id, kind, severity, provider, event_type, summary, explain)
        values (${rule}, 'silence', 'P3', 'stripe', 'invoice.paid', 'Silent', '{}') returning id`;
      const [{ because } = {}] = await sql`select suppression_of(a) as because from alerts a where id = ${alert?.id}`;
      return because;
    };
    expect(await because("oldest_due", null)).toBe("Part of al_1: The reason");
    expect(await because("worker_gone", null)).toBe("Part of al_1: The reason");
    expect(await because("silence", "stripe")).toBe("Part of al_1: The reason");
    expect(await because("dead_letters", "stripe")).toBeNull();
  });

  test("is told again after its interval, until a user acknowledges it; the resolve is told all the same", async () => {
    await on.rule({ ...letters, settings: { threshold: 5, window_minutes: 60 }, repeat_seconds: 900 });
    await bad();
    await on.pass(1);
    await on.pass(14);
    expect(await on.told()).toEqual(["fired al_1"]);
    await on.pass(16);
    expect(await on.told()).toEqual(["fired al_1", "repeated al_1", "repeated al_1"]);
    await acknowledgeAlert("al_1", { note: "Mine" }, ada);
    await on.pass(28);
    expect(await on.told()).toHaveLength(4);
    await acknowledgeAlert("al_1", {}, ada);
    expect((await on.told()).at(-1)).toBe("acknowledged al_1");
    expect(await on.told()).toHaveLength(4);
    await on.pass(5);
    expect((await on.told()).at(-1)).toBe("resolved al_1");
    expect(alertDetail.parse(await requireAlert("al_1", EVERYTHING))).toMatchObject({
      acknowledged: { name: "Ada" },
      note: "Mine",
      rule: "dead_letters",
      resolved_at: expect.any(String),
    });
    expect(await sql`select action, subject from staff_actions`).toEqual([
      { action: "alert.acknowledge", subject: "al_1" },
      { action: "alert.acknowledge", subject: "al_1" },
    ]);
  });

  test("is assigned to staff who may see it, and read by those alone who see its organisation", async () => {
    const id = await on.rule(letters);
    await sql`insert into staff_users (email, name, role, organisations) values
      ('grace@example.com', 'Grace', 'support', null), ('zoe@example.com', 'Zoe', 'support', '{zebra}')`;
    await sql`insert into alerts (rule_id, kind, severity, organisation_id, summary, explain)
      values (${id}, 'dead_letters', 'P2', 'acme', 'Dead letters of acme', '{"text": "x"}')`;
    await assignAlert("al_1", { assignee: "Grace@example.com" }, ada);
    await expect(assignAlert("al_1", { assignee: "zoe@example.com" }, ada)).rejects.toMatchObject({
      code: "no_such_assignee",
    });
    const acme = { organisations: ["acme"] };
    expect(await requireAlert("al_1", acme)).toMatchObject({ assignee: "grace@example.com", org_id: "acme" });
    await expect(requireAlert("al_1", { organisations: ["zebra"] })).rejects.toMatchObject({ code: "no_such_alert" });
    const page = alertPage.parse(await listAlerts({ state: "firing", limit: 10 }, acme));
    expect([page.alerts.length, page.firing]).toEqual([1, { P2: 1 }]);
    expect((await listAlerts({ state: "firing", limit: 10 }, { organisations: ["zebra"] })).firing).toEqual({});
    expect((await listAlerts({ state: "resolved", limit: 10 }, acme)).alerts).toEqual([]);
    expect((await listAlerts({ state: "all", severity: ["P0"], limit: 10 }, acme)).alerts).toEqual([]);
  });
});

describe("a silence", () => {
  const silenced = {
    rule_id: null,
    kind: null,
    event_type: null,
    org_id: null,
    destination_id: null,
    reason: "Maintenance",
  };
  const inMinutes = async (minutes: number) =>
    ((await sql`select iso(now_() + ${`${minutes} minutes`}::interval) as at`)[0] as { at: string }).at;

  test("tells nothing of what it matches while it lasts, and then what still fires", async () => {
    await on.rule({ ...letters, settings: { threshold: 5, window_minutes: 60 } });
    await createSilence({ ...silenced, provider_slug: "stripe", ends_at: await inMinutes(10) }, ada);
    await bad();
    await on.count({ dead: 6 }, { provider: "telnyx" });
    await on.pass(1);
    expect((await on.alerts()).map(({ hidden }) => hidden).sort()).toEqual(
      [null, "Silenced by Ada: Maintenance"].sort(),
    );
    expect(await on.told()).toHaveLength(1);
    await on.pass(10);
    expect(await on.told()).toHaveLength(2);
    expect((await on.alerts()).every(({ hidden }) => hidden === null)).toBe(true);
  });

  test("stops repeats of what was told before, ends early, and is in the log", async () => {
    await on.rule({ ...letters, settings: { threshold: 5, window_minutes: 120 }, repeat_seconds: 600 });
    await bad();
    await on.pass(1);
    const id = await createSilence(
      { ...silenced, provider_slug: null, kind: "dead_letters", ends_at: await inMinutes(60) },
      ada,
    );
    await on.pass(25);
    expect(await on.told()).toEqual(["fired al_1"]);
    expect(silence.parse((await listSilences(EVERYTHING))[0])).toMatchObject({ id, is_active: true, actor: "Ada" });
    await endSilence(id, ada);
    await on.pass(1);
    expect(await on.told()).toEqual(["fired al_1", "repeated al_1"]);
    expect((await listSilences(EVERYTHING))[0]).toMatchObject({ is_active: false, ended_by: "Ada" });
    await expect(endSilence(id, ada)).rejects.toMatchObject({ code: "silence_ended" });
    const actions = await sql`select action from staff_actions where subject = ${id} order by id`;
    expect(actions.map(({ action }) => action)).toEqual(["silence.create", "silence.end"]);
  });

  test("of a limited person hides no one else's alerts", async () => {
    const id = await on.rule(letters);
    const limited = { ...ada, actor: { ...ada.actor, organisations: ["acme"] } };
    await createSilence({ ...silenced, provider_slug: null, ends_at: await inMinutes(60) }, limited);
    for (const organisation of ["acme", "zebra", null]) {
      await sql`insert into alerts (rule_id, kind, severity, organisation_id, summary, explain)
        values (${id}, 'dead_letters', 'P2', ${organisation}, 'x', '{}')`;
    }
    const rows = await sql`select organisation_id from alerts a where suppression_of(a) like 'Silenced%'`;
    expect(rows).toEqual([{ organisation_id: "acme" }]);
  });

  test.each([
    ["ends before it begins", -5],
    ["lasts longer than 31 days", 32 * 24 * 60],
  ])("that %s is refused", async (_what, minutes) => {
    const asked = createSilence({ ...silenced, provider_slug: null, ends_at: await inMinutes(minutes) }, ada);
    await expect(asked).rejects.toMatchObject({ code: "silence_span" });
  });
});
