/** Channels and preferences over HTTP: secrets are answered to no one and logged nowhere, and every change is in the audit log. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hashPassword } from "@/lib/auth/password";
import { channel, channels, channelTest, createdChannel } from "@/lib/contract/api/channels";
import { notificationPage } from "@/lib/contract/api/notifications";
import { type Ask, asker } from "../support/api";
import { type ChannelServer, startChannelServer } from "../support/channel-server";
import { type MailServer, startMailServer } from "../support/mail-server";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

let app: SharedApp;
let server: ChannelServer;
let mail: MailServer;
let ask: Ask;
const heard: string[] = [];
beforeAll(async () => {
  server = await startChannelServer();
  mail = await startMailServer();
  app = await openApp({
    SMTP_URL: mail.url,
    MAIL_FROM: "Redrive <redrive@desk.example>",
    SLACK_API_URL: `${server.url}/api`,
    PAGERDUTY_EVENTS_URL: server.url,
  });
  ask = asker(app.url, await tokenFor("super_admin"), heard);
}, 300_000);
afterAll(async () => {
  await app?.close();
  await server.close();
  await mail.close();
});
beforeEach(() => {
  server.told.length = 0;
  server.misbehave = () => undefined;
});

const SLACK_PATH = "/services/T0/B0/slack-secret-path";
const ROUTING_KEY = "0123456789abcdef0123456789abcdef";
const make = async (kind: string, settings: object, more: object = {}) => {
  const made = await ask("POST", "/api/channels", { kind, name: `A ${kind}`, settings, ...more });
  expect(made.status, made.text).toBe(201);
  return createdChannel.parse(made.body);
};
const refused = async (kind: string, settings: object) => {
  const { status, body } = await ask("POST", "/api/channels", { kind, name: "x", settings });
  return [status, body.field, body.detail ?? body.title];
};
const actions = async (id: string) =>
  (await app.sql`select action from staff_actions where subject = ${id} order by id`).map(({ action }) => action);

test("Each kind is made, listed without its secrets, tested, and told about; the app says how mail is sent", async () => {
  const made = [
    await make("email", { to: ["ops@example.com"] }),
    await make("slack", { webhook_url: server.url + SLACK_PATH }),
    await make("slack", { bot_token: "xoxb-test-token", channel: "C012AB3CD" }),
    await make("teams", { webhook_url: `${server.url}/workflows/x?sig=teams-secret-sig` }),
    await make("pagerduty", { routing_key: ROUTING_KEY }),
    await make("webhook", { url: `${server.url}/hook?key=webhook-secret-key` }),
  ];
  const listed = channels.parse((await ask("GET", "/api/channels")).body);
  expect(listed.channels.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
  expect(listed.mail).toEqual({ configured: true, from: "Redrive <redrive@desk.example>", problem: null });
  const host = new URL(server.url).host;
  expect(listed.channels.map(({ settings }) => settings)).toEqual([
    ...[
      { to: ["ops@example.com"] },
      { url_host: host },
      { channel: "C012AB3CD" },
      { url_host: host },
      {},
      { url_host: host },
    ],
  ]);
  expect(listed.channels[4]?.hints).toEqual({ routing_key: "…cdef" });
  for (const { id, kind } of made) {
    const tested = channelTest.parse((await ask("POST", `/api/channels/${id}/test`)).body);
    expect([kind, tested]).toEqual([kind, { accepted: true, outcome: expect.stringMatching(/^Accepted by /) }]);
    const told = notificationPage.parse((await ask("GET", `/api/channels/${id}/notifications`)).body);
    expect(told.notifications).toMatchObject([{ kind: "test", status: "sent", outcome: tested.outcome, attempts: 1 }]);
    expect(await actions(id)).toEqual(["channel.create", "channel.test"]);
  }
  expect(mail.mails[0]?.text).toContain('This is a test of the channel "A email".');
  const now = channels.parse((await ask("GET", "/api/channels")).body);
  expect(now.channels.every(({ last_sent_at, failures }) => last_sent_at !== null && failures === 0)).toBe(true);
});

test("A test that is refused is an answer with the channel's word, noted at the channel, and at most five a minute are sent", async () => {
  const { id } = await make("slack", { webhook_url: server.url + SLACK_PATH });
  server.misbehave = () => ({ status: 403, body: "invalid_token" });
  const tested = await ask("POST", `/api/channels/${id}/test`);
  expect([tested.status, tested.body.accepted]).toEqual([200, false]);
  expect(tested.body.outcome).toContain("invalid_token");
  const found = (await ask("GET", "/api/channels")).body.channels.find((one: { id: string }) => one.id === id);
  expect(found).toMatchObject({ problem: tested.body.outcome, failures: 2 });
  for (let n = 0; n < 4; n += 1) await ask("POST", `/api/channels/${id}/test`);
  const more = await ask("POST", `/api/channels/${id}/test`);
  expect([more.status, more.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(server.told).toHaveLength(5);
});

test("What a kind does not take is refused with its field, and where it may not lead to, too", async () => {
  expect(await refused("email", { to: ["nobody"] })).toEqual([400, "settings.to", "Invalid email address"]);
  expect(await refused("slack", {})).toEqual([
    ...[400, "settings.webhook_url", "enter a webhook, or a bot token with a channel"],
  ]);
  expect((await refused("slack", { bot_token: "xoxb-test-token" })).slice(0, 2)).toEqual([400, "settings.channel"]);
  expect((await refused("slack", { webhook_url: server.url, color: "red" }))[0]).toBe(400);
  expect((await refused("pagerduty", {})).slice(0, 2)).toEqual([400, "settings.routing_key"]);
  expect((await refused("webhook", { url: server.url, secret: "whsec_c2hvcnQ=" })).slice(0, 2)).toEqual([
    ...[400, "settings.secret"],
  ]);
  for (const url of ["http://169.254.169.254/x", "https://user:pass@example.com", "http://127.0.0.1:25/"]) {
    expect((await refused("teams", { webhook_url: url })).slice(0, 2), url).toEqual([400, "settings"]);
  }
  const unknown = await ask("POST", "/api/channels", { kind: "email", name: "x", settings: { to: [] }, colour: "red" });
  expect(unknown.status).toBe(400);
});

test("A change needs the version that was seen; secrets that are left out stay, and a new kind of access replaces the old", async () => {
  const made = await make("slack", { webhook_url: server.url + SLACK_PATH });
  const at = `/api/channels/${made.id}`;
  const renamed = channel.parse((await ask("PATCH", at, { version: 1, name: "On call", severities: ["P0"] })).body);
  expect(renamed).toMatchObject({ name: "On call", severities: ["P0"], version: 2, hints: { webhook_url: "…path" } });
  const late = await ask("PATCH", at, { version: 1, name: "Another" });
  expect([late.status, late.body.field]).toEqual([409, "version"]);
  await ask("PATCH", at, { version: 2, settings: {} });
  await ask("POST", `${at}/test`);
  expect(server.told.at(-1)?.path).toBe(SLACK_PATH);
  const changed = await ask("PATCH", at, {
    version: 3,
    settings: { bot_token: "xoxb-test-token", channel: "C012AB3CD" },
  });
  expect(changed.body).toMatchObject({ settings: { channel: "C012AB3CD" }, hints: { bot_token: "…oken" } });
  const kept = await ask("PATCH", at, { version: 4, settings: { channel: "C9" } });
  expect(kept.body.hints).toEqual({ bot_token: "…oken" });
  await ask("POST", `${at}/test`);
  expect(server.told.at(-1)).toMatchObject({ path: "/api/chat.postMessage", body: { channel: "C9" } });
  const [row] = await app.sql`select details from staff_actions where subject = ${made.id} and action = 'channel.change'
    order by id desc limit 1`;
  expect(row?.details).toEqual({ fields: ["settings"], enabled: true, severities: ["P0"] });

  expect((await ask("DELETE", at)).status).toBe(204);
  expect([(await ask("DELETE", at)).status, (await ask("PATCH", at, { version: 5 })).status]).toEqual([404, 404]);
  const [left] = await app.sql`select secrets, hints from channels where id = ${made.id.slice(3)}`;
  expect(left).toEqual({ secrets: {}, hints: {} });
});

test("The secret of a webhook is answered once, and only when it was made here", async () => {
  const made = await make("webhook", { url: `${server.url}/hook` });
  expect(made.secret).toMatch(/^whsec_.{40,}$/);
  const { id } = made;
  const changed = await ask("PATCH", `/api/channels/${id}`, { version: 1, settings: { url: `${server.url}/other` } });
  expect(changed.text).not.toContain(String(made.secret));
  const own = await make("webhook", { url: `${server.url}/hook`, secret: made.secret });
  expect(own.secret).toBeNull();
});

test("A worker of the app tells what fires", async () => {
  const { id } = await make("webhook", { url: `${server.url}/told` }, { severities: ["P4"] });
  await app.sql`
    with rule as (
      insert into alert_rules (kind, name, settings, severity) values ('silence', 'Silence', '{}', 'P4') returning id
    ), alert as (
      insert into alerts (rule_id, kind, severity, summary, explain) select id, 'silence', 'P4', 'It is quiet', '{}' from rule
      returning id
    )
    insert into notifications (channel_id, kind, alert_id, group_key)
    select ${id.slice(3)}::bigint, 'fired', id, 'x' from alert`;
  await until("it is told", () => server.told.some(({ path }) => path === "/told"));
  await until("it is noted", async () => {
    const { body } = await ask("GET", `/api/channels/${id}/notifications`);
    return body.notifications[0]?.status === "sent" && body.notifications[0]?.summary === "It is quiet";
  });
});

test("Who is limited to organisations makes channels for those alone, and sees no others", async () => {
  const limited = asker(app.url, await tokenFor("super_admin", "10m", undefined, ["acme"]), heard);
  const settings = { to: ["ops@example.com"] };
  const tries = [{}, { organisations: ["globex"] }, { organisations: ["acme", "globex"] }];
  for (const more of tries) {
    const { status, body } = await limited("POST", "/api/channels", { kind: "email", name: "x", settings, ...more });
    expect([status, body.field]).toEqual([403, "organisations"]);
  }
  const made = await limited("POST", "/api/channels", {
    ...{ kind: "email", name: "x", settings, organisations: ["acme"] },
  });
  const listed = await limited("GET", "/api/channels");
  expect(listed.body.channels.map(({ id }: { id: string }) => id)).toEqual([made.body.id]);
  const widened = await limited("PATCH", `/api/channels/${made.body.id}`, { version: 1, organisations: null });
  expect(widened.status).toBe(403);
});

test("Everybody has preferences of their own, which the audit log tells", async () => {
  await app.sql`insert into staff_users (email, name, role, password_hash)
    values ('vera@example.com', 'Vera', 'viewer', ${await hashPassword("a long enough password")})`;
  const cookie = await signIn(app.url, "vera@example.com", "a long enough password");
  const own = async (method: string, body?: object) => {
    const headers = { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${app.url}/api/notification-preferences`, init);
    return { status: response.status, body: await response.json() };
  };
  const first = {
    ...{ mail_severities: [], console_severities: ["P0", "P1"], mails_replays: false, mails_report: false },
    mail_problem: null,
  };
  expect(await own("GET")).toEqual({ status: 200, body: first });
  const changes = { mail_severities: ["P0"], mails_report: true };
  expect((await own("PATCH", changes)).body).toEqual({ ...first, ...changes });
  expect((await own("PATCH", { mail_severities: ["P9"] })).status).toBe(400);
  expect((await own("GET")).body).toEqual({ ...first, ...changes });
  expect(await actions("vera@example.com")).toContain("preferences.change");
});

test("No secret of a channel was ever answered or logged, and none is stored as it is", async () => {
  const secrets = ["slack-secret-path", "xoxb-test-token", "teams-secret-sig", ROUTING_KEY, "webhook-secret-key"];
  const answers = heard.join("\n");
  const [stored] = await app.sql`select string_agg(c::text, '') as text from channels c`;
  const [audited] = await app.sql`select string_agg(a::text, '') as text from staff_actions a`;
  const [outbox] = await app.sql`select string_agg(n::text, '') as text from notifications n`;
  for (const text of [answers, stored?.text, audited?.text, outbox?.text, app.output()]) {
    expect(text.length).toBeGreaterThan(100);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  }
  // Two were made here: each is in one answer alone, and not in the log.
  const made = answers.match(/whsec_[A-Za-z0-9+/]{43}=/g) ?? [];
  expect(made.length).toBeGreaterThan(1);
  expect(new Set(made).size).toBe(made.length);
  expect(app.output()).not.toMatch(/whsec_[A-Za-z0-9+/]{43}/);
});
