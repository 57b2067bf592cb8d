/**
 * What each kind of channel sends, and what it makes of the answers: against local servers that answer as the services'
 * documentation says. Long because it is one story per kind.
 */
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ChannelKind } from "@/lib/contract/api/channels";
import type { ClaimedMessage, ToldAlert } from "@/lib/db/functions/messages";
import { sendThrough } from "@/lib/notifications/channels";
import { pauseIn } from "@/lib/notifications/channels/post";
import { messageOf, testMessage } from "@/lib/notifications/message";
import { type ChannelServer, startChannelServer } from "../support/channel-server";
import { type MailServer, startMailServer } from "../support/mail-server";

const WHSEC = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;
const ROUTING_KEY = "0123456789abcdef0123456789abcdef";

let server: ChannelServer;
let mail: MailServer;
beforeAll(async () => {
  server = await startChannelServer();
  mail = await startMailServer();
  Object.assign(process.env, {
    EGRESS_ALLOW_PRIVATE: "127.0.0.0/8",
    PUBLIC_URL: "https://desk.example/",
    SMTP_URL: mail.url,
    MAIL_FROM: "Redrive <redrive@desk.example>",
    SLACK_API_URL: `${server.url}/api`,
    PAGERDUTY_EVENTS_URL: server.url,
  });
});
afterAll(async () => {
  await server.close();
  await mail.close();
});
beforeEach(() => {
  server.told.length = 0;
  server.misbehave = () => undefined;
  mail.mails.length = 0;
  mail.refuse = () => undefined;
});

const slack = () => ({ webhook_url: `${server.url}/services/T0/B0/abcdefghijklmnop` });
const bot = () => ({ bot_token: "xoxb-test-token", channel: "C012AB3CD" });
const teams = () => ({ webhook_url: `${server.url}/workflows/abc/triggers/manual/paths/invoke?sig=secretsecret` });
const pagerduty = () => ({ routing_key: ROUTING_KEY });
const webhook = () => ({ url: `${server.url}/hook?key=secretsecret`, secret: WHSEC });

const alertOf = (n: number, more: Partial<ToldAlert> = {}): ToldAlert => ({
  id: `al_${n}`,
  ...{ rule: "Success rate", rule_id: "ar_1", kind: "success_rate", severity: "P1" },
  summary: `71 % of Stripe's deliveries to Shop ${n} succeed`,
  explain: { text: "142 of 200 in 15 minutes. Expected: 80 % or more.", link: "/events?status=failed" },
  ...{ provider_slug: "stripe", event_type: null, org_id: "acme", destination_id: "ds_3", destination: "Shop" },
  ...{ fired_at: "2026-11-30T18:05:00.000000Z", resolved_at: null },
  ...{ acknowledged_at: null, acknowledged_by: null, incident_id: null, ...more },
});
const claimed = (alerts: ToldAlert[], more: Partial<ClaimedMessage> = {}) =>
  messageOf({
    ...{ id: 12, kind: "fired", notifications: [], channel: null, person: null, updates: null },
    ...{ alerts, replay: null, content: null, ...more },
  });
const resolved = { resolved_at: "2026-11-30T19:20:00.000000Z" };
const one = () => claimed([alertOf(1)]);
const last = () => server.told.at(-1) as ChannelServer["told"][number];

describe("Slack, by a webhook", () => {
  test("gets one message with the reason and the links, in which no name becomes markup", async () => {
    const message = claimed([alertOf(1, { summary: "<!channel> & <https://evil.example|here>" })]);
    const result = await sendThrough("slack", slack(), message);
    expect(result).toEqual({ status: "sent", outcome: "Accepted by Slack (200)." });
    const { text, blocks } = last().body;
    expect(text).toBe("P1: &lt;!channel&gt; &amp; &lt;https://evil.example|here&gt;");
    expect(last().raw).not.toContain("<!channel>");
    expect(blocks[1].text.text).toBe(
      "142 of 200 in 15 minutes. Expected: 80 % or more.\n<https://desk.example/alerts/al_1|Open alert>\n" +
        "<https://desk.example/events?status=failed|See what it is about>",
    );
  });

  test("lists a group, up to ten, and says how many more there are", async () => {
    await sendThrough("slack", slack(), claimed(Array.from({ length: 13 }, (_, n) => alertOf(n))));
    expect(last().body.text).toBe('P1: 13 alerts of "Success rate"');
    expect(last().body.blocks.at(-1).text.text).toBe("and 3 more alerts, which the console lists.");
    expect(last().body.blocks.length).toBeLessThanOrEqual(50);
  });

  test.each([
    [403, "invalid_token", "failed"],
    [404, "no_service", "failed"],
    [410, "channel_is_archived", "failed"],
    [400, "invalid_payload", "failed"],
    [500, "rollup_error", "retry"],
  ])("that answers %i %s is %s, with its word", async (status, body, outcome) => {
    server.misbehave = () => ({ status, body });
    const result = await sendThrough("slack", slack(), one());
    expect(result.status).toBe(outcome);
    expect(result.outcome).toMatch(new RegExp(`answered ${status} .*It said: ${body}$`));
  });

  test("that asks for a pause gets it", async () => {
    server.misbehave = () => ({ status: 429, headers: { "retry-after": "90" } });
    expect(await sendThrough("slack", slack(), one())).toMatchObject({ status: "retry", retry_after_ms: 90_000 });
  });

  test("never has its address repeated, whatever it answers", async () => {
    server.misbehave = ({ path }) => ({ status: 404, body: `no ${path} at ${slack().webhook_url}` });
    const { outcome } = await sendThrough("slack", slack(), one());
    expect(outcome).not.toContain("abcdefghijklmnop");
  });
});

describe("Slack, by a bot", () => {
  test("gets a message, which is updated when its alerts change", async () => {
    const posted = await sendThrough("slack", bot(), one());
    expect(last().path).toBe("/api/chat.postMessage");
    expect(posted).toMatchObject({ status: "sent", remote_id: expect.stringMatching(/^C012AB3CD:\d+\.\d+$/) });
    const updates = posted.remote_id ?? null;
    const ended = claimed([alertOf(1, resolved)], { kind: "resolved", updates });
    expect(await sendThrough("slack", bot(), ended)).toMatchObject({ status: "sent", remote_id: updates });
    expect(last()).toMatchObject({ path: "/api/chat.update", body: { ts: updates?.split(":")[1] } });
    expect(last().body.text).toBe("Resolved: 71 % of Stripe's deliveries to Shop 1 succeed");
    expect(JSON.stringify(last().body.blocks)).toContain("Resolved after 1 h 15 min");
  });

  test("gets a new message when the old one is gone", async () => {
    server.misbehave = ({ path }) =>
      path === "/api/chat.update" ? { status: 200, body: { ok: false, error: "message_not_found" } } : undefined;
    const ended = claimed([alertOf(1, resolved)], { kind: "resolved", updates: "C012AB3CD:1764500000.001" });
    expect((await sendThrough("slack", bot(), ended)).status).toBe("sent");
    expect(server.told.map(({ path }) => path)).toEqual(["/api/chat.update", "/api/chat.postMessage"]);
  });

  test.each([
    ["channel_not_found", "failed"],
    ["invalid_auth", "failed"],
    ["is_archived", "failed"],
    ["ratelimited", "retry"],
    ["internal_error", "retry"],
  ])("that answers 200 with %s has not accepted it: %s", async (error, status) => {
    server.misbehave = () => ({ status: 200, body: { ok: false, error } });
    const result = await sendThrough("slack", bot(), one());
    expect(result).toMatchObject({ status, outcome: `Slack refused it: ${error}.` });
  });

  test("that answers 200 with anything else has not accepted it", async () => {
    server.misbehave = () => ({ status: 200, body: "<html>sign in to the hotel</html>" });
    expect((await sendThrough("slack", bot(), one())).status).toBe("failed");
  });
});

describe("Teams", () => {
  test("gets an Adaptive Card, and is said to have accepted it", async () => {
    const result = await sendThrough("teams", teams(), one());
    expect(result).toEqual({ status: "sent", outcome: "Accepted by Teams (202)." });
    const [{ content }] = last().body.attachments;
    expect(content).toMatchObject({ type: "AdaptiveCard", version: "1.4" });
    expect(content.actions).toEqual([
      { type: "Action.OpenUrl", title: "Open alert", url: "https://desk.example/alerts/al_1" },
      { type: "Action.OpenUrl", title: "See what it is about", url: "https://desk.example/events?status=failed" },
    ]);
  });

  test("gets no Markdown of others", async () => {
    await sendThrough("teams", teams(), claimed([alertOf(1, { explain: { text: "[pay](https://evil.example)" } })]));
    expect(last().body.attachments[0].content.body[1].text).toBe("\\[pay\\](https://evil.example)");
  });

  test("gets at most 28 KB, however much there is to say", async () => {
    const long = { explain: { text: "ü".repeat(5_000) }, destination: "\u{1F4A5}".repeat(400) };
    const alerts = Array.from({ length: 50 }, (_, n) => alertOf(n, long));
    expect((await sendThrough("teams", teams(), claimed(alerts))).status).toBe("sent");
    expect(last().bytes).toBeLessThanOrEqual(28_000);
    expect(last().raw).toMatch(/and \d+ more alerts/);
  });

  test.each([
    [
      400,
      { error: { code: "TriggerInputSchemaMismatch", message: "No." } },
      "failed",
      "TriggerInputSchemaMismatch: No.",
    ],
    [404, { error: { code: "WorkflowNotFound" } }, "failed", "WorkflowNotFound"],
    [413, "Request Entity Too Large", "failed", "Request Entity Too Large"],
    [502, { error: { code: "NoResponse" } }, "retry", "NoResponse"],
  ])("that answers %i is not said to have accepted it", async (status, body, outcome, said) => {
    server.misbehave = () => ({ status, body });
    const result = await sendThrough("teams", teams(), one());
    expect(result.status).toBe(outcome);
    expect(result.outcome).toContain(`It said: ${said}`);
    expect(result.outcome).not.toContain("secretsecret");
  });
});

test("Teams that answers 200 with a failure has not accepted it", async () => {
  server.misbehave = () => ({ status: 200, body: "Webhook message delivery failed with error: HTTP error 413" });
  expect((await sendThrough("teams", teams(), one())).status).toBe("retry");
});

describe("PagerDuty", () => {
  test("has one incident per alert: triggered, acknowledged and resolved by one key", async () => {
    const acknowledged = { acknowledged_at: "2026-11-30T18:10:00.000000Z", acknowledged_by: "Ada" };
    const result = await sendThrough("pagerduty", pagerduty(), one());
    expect(result).toEqual({ status: "sent", outcome: "Accepted by PagerDuty (202).", remote_id: "redrive-al_1" });
    await sendThrough("pagerduty", pagerduty(), claimed([alertOf(1, acknowledged)], { kind: "acknowledged" }));
    await sendThrough("pagerduty", pagerduty(), claimed([alertOf(1, resolved)], { kind: "resolved" }));
    expect(server.told.map(({ body }) => [body.event_action, body.dedup_key])).toEqual([
      ["trigger", "redrive-al_1"],
      ["acknowledge", "redrive-al_1"],
      ["resolve", "redrive-al_1"],
    ]);
    expect(server.told[0]?.body).toMatchObject({
      links: [{ href: "https://desk.example/alerts/al_1" }, {}],
      payload: { severity: "critical", source: "Shop", component: "stripe", group: "acme", class: "success_rate" },
    });
  });

  test.each([
    ["P0", "critical"],
    ["P2", "error"],
    ["P3", "warning"],
    ["P4", "info"],
  ] as const)("is told %s as %s", async (severity, word) => {
    await sendThrough("pagerduty", pagerduty(), claimed([alertOf(1, { severity })]));
    expect(last().body.payload.severity).toBe(word);
  });

  test("says what is wrong with an event, which is not sent again", async () => {
    const result = await sendThrough("pagerduty", { routing_key: "not-a-key" }, one());
    expect(result.status).toBe("failed");
    expect(result.outcome).toContain("Event object is invalid; 'routing_key' is invalid");
  });

  test("that takes no more for now is asked again", async () => {
    server.misbehave = () => ({
      status: 429,
      body: { status: "throttle exceeded", message: "Requests are being throttled" },
    });
    const result = await sendThrough("pagerduty", pagerduty(), one());
    expect(result).toMatchObject({ status: "retry", outcome: expect.stringContaining("Requests are being throttled") });
  });

  test("is tested with an incident that ends at once", async () => {
    expect(await sendThrough("pagerduty", pagerduty(), testMessage(7, "On call"))).toMatchObject({ status: "sent" });
    expect(server.told.map(({ body }) => [body.event_action, body.payload?.severity])).toEqual([
      ["trigger", "info"],
      ["resolve", undefined],
    ]);
  });
});

describe("a webhook", () => {
  test("is signed, and verified by the library of Standard Webhooks", async () => {
    await sendThrough("webhook", webhook(), one());
    const { raw, headers } = last();
    const verified = new Webhook(WHSEC).verify(raw, headers as Record<string, string>);
    expect(verified).toMatchObject({
      type: "alert.fired",
      data: { alerts: [{ id: "al_1", severity: "P1", org_id: "acme", url: "https://desk.example/alerts/al_1" }] },
    });
    expect(headers["webhook-id"]).toBe("no_12");
    const tampered = raw.replace("P1", "P4");
    expect(() => new Webhook(WHSEC).verify(tampered, headers as Record<string, string>)).toThrow();
  });

  test("is not followed to where it redirects", async () => {
    server.misbehave = () => ({ status: 307, headers: { location: `${server.url}/elsewhere` } });
    expect((await sendThrough("webhook", webhook(), one())).status).toBe("failed");
    expect(server.told).toHaveLength(1);
  });

  test.each(["http://169.254.169.254/latest", "http://10.0.0.1/", "http://[::1]:1/"])(
    "at %s is not asked: it is in no network that is allowed",
    async (url) => {
      const result = await sendThrough("webhook", { ...webhook(), url }, one());
      expect(result).toMatchObject({ status: "failed", outcome: "The URL leads to an address that is not public." });
    },
  );

  test("that nothing listens to is tried again", async () => {
    const closed = await startChannelServer();
    await closed.close();
    const result = await sendThrough("webhook", { ...webhook(), url: `${closed.url}/hook` }, one());
    expect(result).toMatchObject({ status: "retry", outcome: expect.stringContaining("refused the connection") });
  });
});

describe("e-mail", () => {
  const to = ["ops@example.com", "on-call@example.com"];

  test("is accepted by the mail server, which says how", async () => {
    const result = await sendThrough("email", { to }, claimed([alertOf(1, { summary: "<b>Stripe</b> is silent" })]));
    expect(result).toEqual({ status: "sent", outcome: "Accepted by the mail server: 250 2.0.0 Ok: queued as 1." });
    const [{ from, to: received, text } = { from: "", to: [], text: "" }] = mail.mails;
    expect([from, received]).toEqual(["redrive@desk.example", to]);
    expect(text).toContain("Subject: P1: <b>Stripe</b> is silent");
    expect(text).toContain("Message-ID: <no_12@desk.example>");
    expect(text).toContain("Auto-Submitted: auto-generated");
    expect(text).toContain("See what it is about: https://desk.example/events?status=failed");
    expect(text).toContain("&lt;b&gt;Stripe&lt;/b&gt; is silent</h1>");
  });

  test("cannot be given more headers by what an alert says", async () => {
    await sendThrough("email", { to }, claimed([alertOf(1, { summary: "Silent\r\nBcc: mallory@example.com" })]));
    expect(mail.mails[0]?.to).toEqual(to);
    expect(mail.mails[0]?.text).not.toMatch(/^Bcc:/m);
  });

  test("says which addresses the server refused", async () => {
    mail.refuse = (address) => (address === "ops@example.com" ? { code: 550, text: "No such user" } : undefined);
    const result = await sendThrough("email", { to }, one());
    expect(result).toMatchObject({ status: "sent", outcome: expect.stringMatching(/It refused 1 of 2 addresses\.$/) });
  });

  test.each([
    [550, "failed"],
    [451, "retry"],
  ])("that all of a server's addresses refuse with %i is %s", async (code, status) => {
    mail.refuse = () => ({ code, text: "Not now" });
    const result = await sendThrough("email", { to }, one());
    expect(result).toMatchObject({ status, outcome: expect.stringContaining(`${code} Not now`) });
  });

  test("with a wrong password is refused, and the outcome has neither user nor password", async () => {
    process.env.SMTP_URL = `smtp://redrive:wrong-word@${mail.host}`;
    const result = await sendThrough("email", { to }, one());
    process.env.SMTP_URL = mail.url;
    expect(result).toEqual({
      status: "failed",
      outcome: `The mail server ${mail.host} refused the user or password.`,
    });
  });

  test("without a server, or with one that is not there, says so", async () => {
    process.env.SMTP_URL = "smtp://127.0.0.1:9";
    expect(await sendThrough("email", { to }, one())).toMatchObject({ status: "retry" });
    process.env.SMTP_URL = "";
    expect(await sendThrough("email", { to }, one())).toMatchObject({
      status: "failed",
      outcome: "No mail server is configured: set SMTP_URL and MAIL_FROM.",
    });
    process.env.SMTP_URL = mail.url;
  });
});

test("Every kind says of a message what happened, and a repeated one that it still does", () => {
  expect(claimed([alertOf(1)], { kind: "repeated" }).title).toMatch(/^Still firing: P1: /);
  expect(claimed([alertOf(1, resolved), alertOf(2, resolved)], { kind: "resolved" }).title).toBe(
    'Resolved: 2 alerts of "Success rate"',
  );
  const replay = { id: "wr_5", status: "stopped", total: 9, succeeded: 4, failed: 5, skipped: 0, reason: "x" } as const;
  const ended = claimed([], { kind: "replay", replay: { ...replay, stopped_because: "Too many failed." } });
  expect([ended.title, ended.parts[0]?.text]).toEqual([
    "Replay wr_5 stopped",
    "4 of 9 succeeded, 5 failed, 0 were skipped. It was stopped: Too many failed.",
  ]);
});

test("A link leads to the console and nowhere else", () => {
  const links = claimed([alertOf(1, { explain: { text: "x", link: "https://evil.example" } })]).parts[0]?.links;
  expect(links?.map(({ url }) => url)).toEqual(["https://desk.example/alerts/al_1"]);
});

test("A pause is at most an hour, in seconds or until a date", () => {
  const now = Date.parse("2026-11-30T18:00:00Z");
  expect(pauseIn([["Retry-After", "120"]], now)).toBe(120_000);
  expect(pauseIn([["retry-after", "Mon, 30 Nov 2026 18:01:00 GMT"]], now)).toBe(60_000);
  expect(pauseIn([["retry-after", "86400"]], now)).toBe(3_600_000);
  for (const odd of ["soon", "-5", "0"]) expect(pauseIn([["retry-after", odd]], now)).toBeUndefined();
});

test.each(["slack", "teams", "pagerduty", "webhook"] as const)(
  "%s that accepts a request and never answers it, is left after 15 seconds",
  { timeout: 40_000, concurrent: true },
  async (kind: ChannelKind) => {
    server.misbehave = () => "hang";
    const settings = { slack, teams, pagerduty, webhook, email: () => ({}) }[kind]();
    const result = await sendThrough(kind, settings, one());
    expect(result).toMatchObject({ status: "retry", outcome: expect.stringContaining("did not answer within 15 s") });
  },
);
