/**
 * An endpoint fails: it is told once in Slack, in PagerDuty and by mail, acknowledged, and told once that it is over. With
 * three workers that compete for all of it, and with a worker that is killed at each step.
 */
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type RunningApp, startApp } from "../support/app";
import { type ChannelServer, startChannelServer, type Told } from "../support/channel-server";
import { curl } from "../support/curl";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { type MailServer, startMailServer } from "../support/mail-server";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { APP_ENVIRONMENT, tokenFor, until } from "../support/processes";
import { clockOf } from "../support/telling";
import { startWorkerProcess, type WorkerProcess } from "../support/worker";

/** Longer than a group waits, and than the lease of a message. */
const GROUP_WAIT_SECONDS = 31;
const LEASE_SECONDS = 61;

let database: TestDatabase;
let sql: postgres.Sql;
let endpoint: Endpoint;
let server: ChannelServer;
let mail: MailServer;
let app: RunningApp;
let token: string;
let pass: (seconds: number) => Promise<void>;
const workers = new Set<WorkerProcess>();

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 2, onnotice: () => {} });
  pass = clockOf(sql);
  endpoint = await startEndpoint();
  server = await startChannelServer();
  mail = await startMailServer();
  app = await startApp({ env: { ...environment(), WORKER_IN_SERVER: "0" } });
  token = await tokenFor("super_admin", "60m");
  await addChannel("slack", { webhook_url: `${server.url}/services/T0/B0/secret` });
  await addChannel("pagerduty", { routing_key: "0123456789abcdef0123456789abcdef" });
  await addChannel("email", { to: ["on-call@example.com"] });
  // The clock leaps over hours: until their next heartbeat, its workers look gone.
  await sql`update alert_rules set enabled = false where kind <> 'endpoint_down'`;
}, 300_000);
afterEach(killAll);
afterAll(async () => {
  await app.stop();
  await sql.end({ timeout: 1 });
  await Promise.all([endpoint.close(), server.close(), mail.close()]);
  await database.drop();
});
beforeEach(() => {
  server.told.length = 0;
  server.misbehave = () => undefined;
  mail.mails.length = 0;
});

function environment(): Record<string, string> {
  return {
    ...APP_ENVIRONMENT,
    DATABASE_URL: database.url,
    SMTP_URL: mail.url,
    MAIL_FROM: "redrive@desk.example",
    PAGERDUTY_EVENTS_URL: server.url,
  };
}

async function addChannel(kind: string, settings: object): Promise<void> {
  const { status } = await curl("POST", `${app.url}/api/channels`, { token, json: { kind, name: kind, settings } });
  expect(status).toBe(201);
}

async function startWorker(): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({ ...environment(), PUBLIC_URL: "https://desk.example" });
  workers.add(worker);
  return worker;
}

async function killAll(): Promise<void> {
  await Promise.all([...workers].map((worker) => worker.kill()));
  workers.clear();
}

const alerts = () => sql`select id::int, kind, severity, fired_at, resolved_at from alerts order by id`;
const firing = async () => (await alerts()).filter(({ resolved_at }) => resolved_at === null);
const pending = async (kind: string) =>
  (await sql`select count(*)::int from notifications where kind = ${kind} and status = 'pending'`)[0]?.count as number;
const sent = async (kind: string) =>
  (await sql`select count(*)::int from notifications where kind = ${kind} and status = 'sent'`)[0]?.count as number;

/** What each channel accepted, in order. */
function heard(refused: readonly Told[] = []) {
  const accepted = server.told.filter((told) => !refused.includes(told));
  return {
    slack: accepted.filter(({ path }) => path.startsWith("/services/")).map(({ body }) => body.text as string),
    pagerduty: accepted.filter(({ path }) => path === "/v2/enqueue").map(({ body }) => body.event_action as string),
    mail: mail.mails.map(({ text }) => /^Subject: (.*)$/m.exec(text)?.[1]?.trim()),
  };
}

/** A destination of its own fails for six minutes. */
async function outage(slug: string): Promise<void> {
  await addDestination(sql, slug, endpoint.url, { max_attempts: 1 });
  endpoint.answer(500);
  await publish(sql, slug, 4);
  await until("the deliveries have failed", async () => {
    const [row] = await sql`select count(*)::int from deliveries where status = 'dead'
      and destination_id = (select id from destinations where slug = ${slug})`;
    return row?.count >= 3;
  });
  await pass(6 * 60);
  await until("it fires", async () => (await firing()).length > 0);
}

async function recovery(slug: string): Promise<void> {
  endpoint.answer(200);
  await publish(sql, slug, 2, { from: 100 });
  // Its circuit may be open: the probe comes with time.
  await pass(120);
  await until("the endpoint accepts again", async () => {
    const [health] = await sql`select h.consecutive_failures, h.breaker from destination_health h
      join destinations t on t.id = h.destination_id where t.slug = ${slug}`;
    return health?.consecutive_failures === 0 && health.breaker === "closed";
  });
  await pass(60);
  // It may be resolved already, by an evaluation at each of the two times.
  const isWell = async () =>
    (await firing()).length === 0 || (await sql`select from alert_series where well_since is not null`).length > 0;
  await until("it was seen to be well", isWell);
  await pass(120);
  await until("it is resolved", async () => (await firing()).length === 0);
}

/** Its circuit opens at the third failure or the fourth, and a probe may be one more. */
const fired = (slug: string) => expect.stringMatching(new RegExp(`P1: ${slug} failed [3-6] times in a row`));

test("three workers: one alert, told once in each channel, acknowledged, one end, and nothing in between", async () => {
  await Promise.all([startWorker(), startWorker(), startWorker()]);
  await outage("acme");
  expect(await alerts()).toMatchObject([{ kind: "endpoint_down", severity: "P1" }]);
  // Its group waits: what heals by itself would not be told.
  expect(heard()).toEqual({ slack: [], pagerduty: [], mail: [] });
  await pass(GROUP_WAIT_SECONDS);
  await until("all channels accepted it", async () => (await sent("fired")) === 3);
  expect(heard()).toEqual({
    slack: [fired("acme")],
    pagerduty: ["trigger"],
    mail: [fired("acme")],
  });
  const [slack] = server.told.filter(({ path }) => path.startsWith("/services/"));
  expect(slack?.raw).toContain("The last error: http_5xx");
  expect(slack?.raw).toMatch(/https:\/\/desk\.example\/destinations\/ds_\d+/);
  expect(mail.mails[0]?.text).toMatch(/https:\/\/desk\.example\/destinations\/ds_\d+/);
  expect(mail.mails[0]?.to).toEqual(["on-call@example.com"]);

  const [alert] = await alerts();
  const acknowledged = await curl("POST", `${app.url}/api/alerts/al_${alert?.id}/acknowledge`, {
    token,
    json: { note: "Looking at it." },
  });
  expect([acknowledged.status, acknowledged.body.note]).toEqual([200, "Looking at it."]);
  await until("PagerDuty knows", async () => (await sent("acknowledged")) === 1);
  // Longer than the interval of repeats: it is acknowledged, so nothing is said again.
  await pass(5 * 3600);
  await until("it was evaluated since", async () => {
    const [series] = await sql`select s.evaluated_at > now_() - interval '2 minutes' as lately from alert_series s
      where s.alert_id = ${alert?.id}`;
    return series?.lately;
  });
  expect(await sent("repeated")).toBe(0);

  await recovery("acme");
  await until("all channels accepted its end", async () => (await sent("resolved")) === 3);
  expect(heard()).toEqual({
    slack: [expect.anything(), expect.stringContaining("Resolved: acme")],
    pagerduty: ["trigger", "acknowledge", "resolve"],
    mail: [expect.anything(), expect.stringContaining("Resolved: acme")],
  });
  const keys = server.told.filter(({ path }) => path === "/v2/enqueue").map(({ body }) => body.dedup_key);
  expect(new Set(keys)).toEqual(new Set([`redrive-al_${alert?.id}`]));
}, 180_000);

test("a worker is killed at each step: the next one goes on, and each channel is told the same", async () => {
  const refused: Told[] = [];
  const hang = (told: Told) => {
    if (!told.path.startsWith("/services/")) return undefined;
    refused.push(told);
    return "hang" as const;
  };
  const killWhileSending = async (kind: string) => {
    await until("the others have accepted it", async () => (await sent(kind)) === 2 && (await pending(kind)) === 1);
    await until("Slack has it and does not answer", () => refused.length > 0);
    await killAll();
    server.drop();
    server.misbehave = () => undefined;
    await pass(LEASE_SECONDS);
  };
  await sql`truncate alerts, notifications cascade`;
  await startWorker();
  await outage("bolt");
  // After the alert was written, before anybody was told.
  await killAll();
  expect(await pending("fired")).toBe(3);
  server.misbehave = hang;
  await pass(GROUP_WAIT_SECONDS);
  await startWorker();
  await killWhileSending("fired");
  await startWorker();
  await until("all channels accepted it", async () => (await sent("fired")) === 3);
  expect(heard(refused)).toEqual({
    slack: [fired("bolt")],
    pagerduty: ["trigger"],
    mail: [fired("bolt")],
  });

  // While it fires, and while its end is told.
  await killAll();
  await startWorker();
  refused.length = 0;
  const before = server.told.length;
  server.misbehave = hang;
  await recovery("bolt");
  await killWhileSending("resolved");
  await startWorker();
  await until("all channels accepted its end", async () => (await sent("resolved")) === 3);
  const after = server.told.slice(before).filter((told) => !refused.includes(told));
  expect(after.map(({ path }) => path).sort()).toEqual(["/services/T0/B0/secret", "/v2/enqueue"]);
  expect(heard().pagerduty).toEqual(["trigger", "resolve"]);
  expect(heard().mail).toEqual([expect.anything(), expect.stringContaining("Resolved: bolt")]);
  expect(await alerts()).toHaveLength(1);
}, 180_000);
