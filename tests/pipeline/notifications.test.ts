/**
 * Who is told of an alert, when, and how often: grouped, not when it heals first, at least once across kills, once with
 * three senders. Long because one desk and one pair of servers serve all of it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import { tendReports } from "@/lib/notifications/reports";
import { startNotifier } from "@/lib/notifications/run";
import { type ChannelServer, startChannelServer } from "../support/channel-server";
import { type Desk, openDesk } from "../support/desk";
import { type MailServer, startMailServer } from "../support/mail-server";
import { until } from "../support/processes";
import { acknowledge, addChannel, clockOf, fire, repeat, resolve, ruleNamed, sendAll } from "../support/telling";
import { startWorkerProcess } from "../support/worker";

const ADA = "00000000-0000-4000-8000-00000000000a";
const BOB = "00000000-0000-4000-8000-00000000000b";

let desk: Desk;
let server: ChannelServer;
let mail: MailServer;
let pass: (seconds: number) => Promise<void>;
beforeAll(async () => {
  server = await startChannelServer();
  mail = await startMailServer();
  desk = await openDesk({
    ENCRYPTION_KEY: Buffer.alloc(32, 3).toString("base64"),
    SMTP_URL: mail.url,
    MAIL_FROM: "redrive@desk.example",
    PUBLIC_URL: "https://desk.example",
    SLACK_API_URL: `${server.url}/api`,
    PAGERDUTY_EVENTS_URL: server.url,
  });
  pass = clockOf(desk.sql);
});
afterAll(async () => {
  await desk.close();
  await server.close();
  await mail.close();
});
beforeEach(async () => {
  await desk.sql`truncate alert_rules, alerts, channels, alert_rule_channels, notifications, notices,
    notification_preferences cascade`;
  await desk.sql`delete from staff_users`;
  await desk.sql`insert into staff_users (id, email, name, role, organisations)
    values (${ADA}, 'ada@example.com', 'Ada', 'admin', null), (${BOB}, 'bob@example.com', 'Bob', 'viewer', '{acme}')`;
  server.told.length = 0;
  server.misbehave = () => undefined;
  mail.mails.length = 0;
});

const slack = () => addChannel("slack", { webhook_url: `${server.url}/services/T0/B0/secret-of-slack` });
const bot = () => addChannel("slack", { bot_token: "xoxb-test-token", channel: "C012AB3CD" });
const pagerduty = () => addChannel("pagerduty", { routing_key: "0123456789abcdef0123456789abcdef" });
const hook = (name: string, more = {}) => addChannel("webhook", { url: `${server.url}/${name}` }, { name, ...more });
const titles = () => server.told.map(({ body }) => body.text ?? body.data?.title);
const states = async () =>
  (await desk.sql`select kind, status, attempts::int, outcome from notifications order by id`).map((row) => ({
    ...row,
  }));
const prefer = (person: string, more: Record<string, unknown>) =>
  call("console", "change_notification_preferences", {
    ...{ p_staff_id: person, p_changes: more, p_actor: "Ada", p_actor_id: ADA, p_request_id: "r" },
  });

describe("grouping", () => {
  test("What fires within 30 seconds is one message; what fires in the five minutes after it waits for the next", async () => {
    await slack();
    await fire(desk.sql, { summary: "first" });
    await pass(20);
    await fire(desk.sql, { summary: "second" });
    expect(await sendAll()).toBe(0);
    await pass(11);
    expect(await sendAll()).toBe(1);
    expect(titles()).toEqual(['P1: 2 alerts of "Success rate"']);

    await pass(10);
    await fire(desk.sql, { summary: "third" });
    await pass(31);
    await fire(desk.sql, { summary: "fourth" });
    await pass(200);
    expect(await sendAll(), "within the five minutes").toBe(0);
    await pass(60);
    expect(await sendAll()).toBe(1);
    expect(server.told.at(-1)?.raw).toMatch(/third.*fourth/);
  });

  test("Another rule or provider is another group, and PagerDuty has every alert by itself", async () => {
    await slack();
    await pagerduty();
    for (const provider of ["stripe", "shopify"]) await fire(desk.sql, { provider });
    await fire(desk.sql, { rule: "Dead letters", kind: "dead_letters" });
    await fire(desk.sql, { summary: "the same rule" });
    await pass(31);
    await sendAll();
    expect(server.told.filter(({ path }) => path.startsWith("/services"))).toHaveLength(3);
    expect(new Set(server.told.flatMap(({ body }) => body.dedup_key ?? [])).size).toBe(4);
  });
});

describe("an alert that heals", () => {
  test("before it is sent is never told, its end is kept, and the next time counts as new", async () => {
    await slack();
    const alert = await fire(desk.sql);
    await pass(29);
    await resolve(desk.sql, alert);
    await pass(3_600);
    expect(await sendAll()).toBe(0);
    const skipped = { status: "skipped", attempts: 0, outcome: "It was well again before it was sent." };
    expect(await states()).toEqual([
      { kind: "fired", ...skipped },
      { kind: "resolved", ...skipped },
    ]);
    await fire(desk.sql);
    await pass(31);
    expect(await sendAll()).toBe(1);
  });

  test("after it was told is told at once, to those who were told", async () => {
    await slack();
    await pagerduty();
    const alert = await fire(desk.sql);
    await pass(31);
    await sendAll();
    await hook("later");
    await acknowledge(desk.sql, alert);
    await resolve(desk.sql, alert);
    expect(await sendAll()).toBe(2);
    expect(server.told.map(({ body }) => body.event_action ?? body.text)).toEqual([
      ...["P1: stripe fails", "trigger", "Resolved: stripe fails", "resolve"],
    ]);
  });

  test("updates the message of a Slack bot, with all alerts that are in it", async () => {
    await bot();
    const first = await fire(desk.sql, { summary: "first" });
    const second = await fire(desk.sql, { summary: "second" });
    await pass(31);
    await sendAll();
    await acknowledge(desk.sql, first);
    await sendAll();
    await resolve(desk.sql, first);
    await sendAll();
    await resolve(desk.sql, second);
    await sendAll();
    expect(server.told.map(({ path }) => path.slice(5))).toEqual([
      ...["chat.postMessage", "chat.update", "chat.update", "chat.update"],
    ]);
    expect(new Set(server.told.slice(1).map(({ body }) => body.ts)).size).toBe(1);
    expect(titles().slice(2)).toEqual(["P1: second", 'Resolved: 2 alerts of "Success rate"']);
  });

  test("while it is sent is told as fired and then as resolved, to channels and persons", async () => {
    await slack();
    await prefer(ADA, { mail_severities: ["P1"] });
    const alert = await fire(desk.sql);
    await pass(31);
    const claimed = await call("pipeline", "claim_notifications", { p_limit: 5, p_lease_seconds: 60 });
    expect(claimed).toHaveLength(2);
    expect(await sendAll(), "both are leased").toBe(0);
    await resolve(desk.sql, alert);
    expect(await sendAll(), "the end is not told before the beginning").toBe(0);
    const p_result = { status: "sent", outcome: "Accepted." } as const;
    for (const { notifications } of claimed) {
      await call("pipeline", "note_notifications", { p_notifications: notifications, p_result });
    }
    expect(await sendAll()).toBe(2);
    expect(titles()).toEqual(["Resolved: stripe fails"]);
    expect(mail.mails[0]?.text).toContain("Subject: Resolved: stripe fails");
  });
});

test("What still fires is repeated with a number, also where the first try was refused, and not once it is acknowledged", async () => {
  await slack();
  await pagerduty();
  const alert = await fire(desk.sql);
  await pass(31);
  await sendAll();
  expect(await repeat(desk.sql, alert), "PagerDuty repeats by itself").toBe(1);
  expect(await repeat(desk.sql, alert), "one waits already").toBe(0);
  await sendAll();
  await repeat(desk.sql, alert);
  await acknowledge(desk.sql, alert);
  await sendAll();
  expect(titles().filter(Boolean)).toEqual(["P1: stripe fails", "Still firing: P1: stripe fails"]);
  const repeated =
    await desk.sql`select number::int, status, outcome from notifications where kind = 'repeated' order by id`;
  expect(repeated.map(({ number, status }) => [number, status])).toEqual([
    [1, "sent"],
    [2, "skipped"],
  ]);
  expect(server.told.map(({ body }) => body.event_action).filter(Boolean)).toEqual(["trigger", "acknowledge"]);
});

describe("senders", () => {
  test("One that is killed while it sends loses its lease, and another sends it under the same id", async () => {
    await hook("program");
    await fire(desk.sql);
    await pass(31);
    server.misbehave = () => "hang";
    const worker = await startWorkerProcess({ PUBLIC_URL: "https://desk.example" });
    await until("the first sender is at it", () => server.told.length === 1);
    await worker.kill();
    server.misbehave = () => undefined;
    expect(await sendAll(), "its lease holds").toBe(0);
    const [before] = await desk.sql`select id::int, fence::int from notifications`;
    await pass(61);
    expect(await sendAll()).toBe(1);
    expect(server.told.map(({ headers }) => headers["webhook-id"])).toEqual([`no_${before?.id}`, `no_${before?.id}`]);
    const late = {
      p_notifications: [{ id: before?.id, fence: before?.fence }],
      p_result: { status: "failed", outcome: "x" },
    };
    expect(await call("pipeline", "note_notifications", late as never)).toBe(false);
    expect((await states())[0]).toMatchObject({
      status: "sent",
      attempts: 2,
      outcome: "Accepted by the webhook (200).",
    });
  });

  test("Three that race send every message once", async () => {
    for (const name of ["a", "b", "c", "d"]) await hook(name);
    for (let rule = 0; rule < 12; rule += 1) {
      for (const provider of ["stripe", "shopify", "mitto"]) await fire(desk.sql, { rule: `Rule ${rule}`, provider });
    }
    await pass(31);
    const senders = [startNotifier(), startNotifier(), startNotifier()];
    const [total] = await desk.sql`select count(*)::int as count from notifications`;
    expect(total?.count).toBe(4 * 36);
    await until("all are told", async () => {
      const [left] = await desk.sql`select count(*)::int as count from notifications where status = 'pending'`;
      return left?.count === 0;
    });
    await Promise.all(senders.map((sender) => sender.stop()));
    const told = server.told.map(({ path, body }) => `${path} ${body.data.alerts.map(({ id }: { id: string }) => id)}`);
    expect(told).toHaveLength(4 * 36);
    expect(new Set(told).size).toBe(told.length);
    const [most] = await desk.sql`select max(attempts)::int as attempts from notifications`;
    expect(most?.attempts).toBe(1);
  });

  test("One channel that hangs does not hold up the others", async () => {
    await hook("slow");
    await hook("fast");
    server.misbehave = ({ path }) => (path === "/slow" ? "hang" : undefined);
    for (let rule = 0; rule < 20; rule += 1) await fire(desk.sql, { rule: `Rule ${rule}` });
    await pass(31);
    const sender = startNotifier();
    await until("the other has all of them", () => server.told.filter(({ path }) => path === "/fast").length === 20);
    expect(server.told.filter(({ path }) => path === "/slow")).toHaveLength(1);
    const stopped = sender.stop();
    server.drop();
    await stopped;
  });
});

describe("a channel that fails", () => {
  test("is tried after 30 s, 2 min, 10 min and 1 h, then given up; its page says why, and success clears that", async () => {
    const channel = await hook("program");
    server.misbehave = () => ({ status: 503, body: "down for maintenance" });
    const alert = await fire(desk.sql);
    await pass(31);
    for (const pause of [30, 120, 600, 3_600]) {
      expect(await sendAll()).toBe(1);
      await pass(pause - 2);
      expect(await sendAll(), `before ${pause} s`).toBe(0);
      await pass(3);
    }
    expect(await sendAll()).toBe(1);
    await pass(86_400);
    expect(await sendAll()).toBe(0);
    const why = expect.stringMatching(/answered 503 .*It said: down for maintenance$/);
    expect(await states()).toEqual([{ kind: "fired", status: "failed", attempts: 5, outcome: why }]);
    const shown = () => call("console", "get_channel", { p_id: channel.number, p_scope: null });
    expect(await shown()).toMatchObject({ failures: 5, problem: why, last_sent_at: null });
    server.misbehave = () => undefined;
    await repeat(desk.sql, alert);
    await sendAll();
    expect(await shown()).toMatchObject({ failures: 0, problem: null, last_sent_at: expect.any(String) });
  });

  test("waits as long as it asks for", async () => {
    await hook("program");
    server.misbehave = () => ({ status: 429, headers: { "retry-after": "300" } });
    await fire(desk.sql);
    await pass(31);
    await sendAll();
    await pass(290);
    expect(await sendAll()).toBe(0);
    await pass(15);
    expect(await sendAll()).toBe(1);
  });

  test("for good is not tried again, and the others are told of it", async () => {
    const broken = await slack();
    await hook("program");
    server.misbehave = ({ path }) =>
      path.startsWith("/services") ? { status: 404, body: "channel_not_found" } : undefined;
    await fire(desk.sql);
    await pass(31);
    await sendAll();
    const found = await call("console", "get_channel", { p_id: broken.number, p_scope: null });
    // What the rule channel_failing counts.
    expect(found?.failures).toBe(2);
    server.told.length = 0;
    await fire(desk.sql, { rule: "Channels", kind: "channel_failing", summary: "Slack refuses messages" });
    await pass(31);
    await sendAll();
    expect(server.told.map(({ path }) => path)).toEqual(["/program"]);
  });

  test("and heals while it waits for the next try is not told any more", async () => {
    await hook("program");
    server.misbehave = () => ({ status: 503 });
    const alert = await fire(desk.sql);
    await pass(31);
    await sendAll();
    server.misbehave = () => undefined;
    await resolve(desk.sql, alert);
    await pass(31);
    await sendAll();
    // It may have been accepted although the answer said otherwise: the end is told.
    expect((await states()).map(({ kind, status }) => [kind, status])).toEqual([
      ["fired", "skipped"],
      ["resolved", "sent"],
    ]);
  });
});

describe("who is told", () => {
  const told = async () => {
    await pass(400);
    await sendAll();
    const paths = [...server.told.map(({ path }) => path.slice(1)), ...mail.mails.flatMap(({ to }) => to)];
    server.told.length = 0;
    mail.mails.length = 0;
    return paths.sort();
  };

  test("are the channels that take the severity and the organisation, or those that the rule names", async () => {
    await hook("all");
    await hook("urgent", { severities: ["P0"] });
    await hook("acme", { organisations: ["acme"] });
    const off = await hook("off", { enabled: false });
    await fire(desk.sql);
    expect(await told()).toEqual(["all"]);
    await fire(desk.sql, { organisation_id: "acme" });
    expect(await told()).toEqual(["acme", "all"]);
    await fire(desk.sql, { rule: "Outage", severity: "P0", organisation_id: "globex" });
    expect(await told()).toEqual(["all", "urgent"]);
    const urgent = (await desk.sql`select id from channels where name = 'urgent'`)[0]?.id;
    const rule = await ruleNamed(desk.sql, "Named", "rejections", "P4");
    await desk.sql`insert into alert_rule_channels values (${rule}, ${urgent}), (${rule}, ${off.number})`;
    await fire(desk.sql, { rule: "Named", kind: "rejections", severity: "P4" });
    expect(await told()).toEqual(["urgent"]);
  });

  test("is no one of an alert that is suppressed", async () => {
    await hook("all");
    const alert = await fire(desk.sql, { suppressed_because: "Silenced by Ada until noon." });
    expect([await told(), await repeat(desk.sql, alert), await states()]).toEqual([[], 0, []]);
  });

  test("are persons, as they prefer, by mail and in the console, within their organisations", async () => {
    await prefer(ADA, { mail_severities: ["P1", "P2"], console_severities: [] });
    await prefer(BOB, { mail_severities: ["P1"], console_severities: ["P1"] });
    await fire(desk.sql, { organisation_id: "globex" });
    expect(await told()).toEqual(["ada@example.com"]);
    const alert = await fire(desk.sql, { organisation_id: "acme", summary: "Acme's shop is down" });
    expect(await told()).toEqual(["ada@example.com", "bob@example.com"]);
    const notices = () => call("console", "list_notices", { p_actor_id: BOB, p_scope: ["acme"] });
    expect(await notices()).toMatchObject([{ subject: `al_${alert}`, message: "P1: Acme's shop is down" }]);
    expect(await call("console", "list_notices", { p_actor_id: ADA, p_scope: null })).toEqual([]);
    await resolve(desk.sql, alert);
    expect(await notices()).toMatchObject([{ subject: `al_${alert}`, message: "Resolved: Acme's shop is down" }]);
  });

  test("without a preference is told P0 and P1 in the console", async () => {
    await fire(desk.sql);
    await fire(desk.sql, { rule: "Slow", kind: "slow_endpoint", severity: "P4" });
    const notices = await call("console", "list_notices", { p_actor_id: ADA, p_scope: null });
    expect(notices.map(({ message }) => message)).toEqual(["P1: stripe fails"]);
  });

  test("is no one whose channel was switched off, or who was disabled, in the meantime", async () => {
    const channel = await hook("all");
    await prefer(ADA, { mail_severities: ["P1"] });
    await fire(desk.sql);
    await desk.sql`update channels set enabled = false where id = ${channel.number}`;
    await desk.sql`update staff_users set disabled_at = now_() where id = ${ADA}`;
    expect(await told()).toEqual([]);
    expect((await states()).map(({ outcome }) => outcome)).toEqual(["The channel is off.", "The person is disabled."]);
  });
});

describe("the end of a replay", () => {
  test("is told to the channels that take it and may see all of it, if the replay asks for it", async () => {
    const channels = { takes: await hook("takes"), acme: await hook("acme"), not: await hook("not") };
    await desk.sql`update channels set tells_replays = true where id in (${channels.takes.number}, ${channels.acme.number})`;
    await desk.sql`update channels set organisations = '{acme}' where id = ${channels.acme.number}`;
    const end = async (options: object, organisations: string[]) => {
      const [replay] = await desk.sql`
        insert into replays (kind, status, actor, actor_id, reason, selection, options, total, request_id, started_at,
          organisations)
        values ('criteria', 'running', 'Ada', ${ADA}, 'The shop was down', '{}', ${desk.sql.json(options as never)}, 2,
          'r', now_(), ${organisations}) returning id::int`;
      await desk.sql`select count_outcomes(${replay?.id}, 1, 1, 0)`;
      await sendAll();
      return replay?.id as number;
    };
    const of = () =>
      desk.sql`select channel_id::int as channel, replay_id::int as replay, status from notifications
        where kind = 'replay' order by replay_id, channel_id`;
    await end({ notifyOnSuccess: true }, ["acme"]);
    expect(await of(), "it failed, and that was not asked for").toEqual([]);
    const [own, others] = [
      await end({ notifyOnCompletion: true }, ["acme"]),
      await end({ notifyOnFailure: true }, ["acme", "zebra"]),
    ];
    const sent = (channel: number, replay: number) => ({ channel, replay, status: "sent" });
    expect(await of()).toEqual([
      sent(channels.takes.number, own),
      sent(channels.acme.number, own),
      sent(channels.takes.number, others),
    ]);
  });
});

describe("by mail", () => {
  test("a person is told that a replay has ended, if both wanted that", async () => {
    const end = async (options: object) => {
      const [replay] = await desk.sql`
        insert into replays (kind, status, actor, actor_id, reason, selection, options, total, request_id, started_at)
        values ('criteria', 'running', 'Ada', ${ADA}, 'The shop was down', '{}', ${desk.sql.json(options as never)}, 2,
          'r', now_()) returning id::int`;
      await desk.sql`select count_outcomes(${replay?.id}, 1, 1, 0)`;
      await sendAll();
      return replay?.id as number;
    };
    await end({ notifyOnFailure: true });
    expect(mail.mails).toEqual([]);
    await prefer(ADA, { mails_replays: true });
    await end({ notifyOnSuccess: true });
    expect(mail.mails).toEqual([]);
    const told = await end({ notifyOnFailure: true });
    expect(mail.mails.map(({ to }) => to)).toEqual([["ada@example.com"]]);
    expect(mail.mails[0]?.text).toContain(`Subject: Replay wr_${told} completed`);
    expect(mail.mails[0]?.text).toContain(`https://desk.example/replays/wr_${told}`);
  });

  test("the report of the week that has ended comes once, about what the person may see", async () => {
    await prefer(ADA, { mails_report: true });
    await prefer(BOB, { mails_report: true });
    const [monday] = await desk.sql`select extract(epoch from
      date_trunc('week', now_() at time zone 'UTC') at time zone 'UTC' + interval '7 days 2 hours' - now_())::int as s`;
    await desk.sql`insert into statistics_hours (organisation_id, hour, provider, event_type, outcome, shard, count)
      select o, date_trunc('hour', now_()), 'stripe', 'x', w, 0, n
      from (values ('', 'received', 9), ('', 'succeeded', 3), ('', 'lost', 1), ('acme', 'received', 4)) v(o, w, n)`;
    await pass(monday?.s);
    await tendReports();
    await tendReports();
    await sendAll();
    const said = mail.mails.map(({ to, text }) => [to[0], /(\d+) events were received/.exec(text)?.[1]]);
    expect(said.sort()).toEqual([
      ["ada@example.com", "9"],
      ["bob@example.com", "4"],
    ]);
    const ofAda = mail.mails.find(({ to }) => to[0] === "ada@example.com")?.text;
    expect(ofAda).toContain("Deliveries (target: above 99 %): 75.00 %");
    expect(ofAda).toContain("Endpoint availability: –");
  });

  test("nothing is sent without a mail server, and it says so", async () => {
    await prefer(ADA, { mail_severities: ["P1"] });
    await fire(desk.sql);
    await pass(31);
    process.env.SMTP_URL = "";
    await sendAll();
    process.env.SMTP_URL = mail.url;
    expect(await states()).toMatchObject([{ status: "skipped", outcome: expect.stringContaining("set SMTP_URL") }]);
  });
});

test("What ended more than 90 days ago is deleted", async () => {
  await hook("program");
  const alert = await fire(desk.sql);
  await pass(31);
  await sendAll();
  await pass(91 * 86_400);
  await repeat(desk.sql, alert);
  expect(await call("pipeline", "forget_notifications", { p_limit: 100 })).toBe(1);
  expect((await states()).map(({ kind }) => kind)).toEqual(["repeated"]);
});
