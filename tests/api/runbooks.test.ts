/** Long because it holds the calls of three runbooks against one started app. */
/** The calls that operators make today, with curl, against the running app: same paths, fields and statuses. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sample, sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { tokenFor, until } from "../support/processes";
import { forgetFailures } from "../support/replay-story";
import { openApp, type SharedApp } from "../support/shared-app";

const run = promisify(execFile);

let app: SharedApp;
let SA_TOKEN: string;
const REQ_ID = "incident-1792400000";

beforeAll(async () => {
  app = await openApp({ CHATWOOT_WEBHOOK_BASE_DELAY_MS: "20" });
  SA_TOKEN = await tokenFor("super_admin");
}, 300_000);

afterAll(() => app?.close());

interface Heard {
  status: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: JSON as jq would see it
  body: any;
}

/** Runs curl; returns the answer's status, headers and JSON. `BASE_URL` in an argument becomes the app's address. */
async function curl(...args: string[]): Promise<Heard> {
  const given = args.map((arg) => arg.replace("$BASE_URL", app.url));
  const { stdout } = await run("curl", ["-sS", "--max-time", "20", "-D", "-", ...given]);
  const end = stdout.lastIndexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = stdout.slice(0, end).split("\r\n");
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(":")).toLowerCase(),
    line.slice(line.indexOf(":") + 2),
  ]);
  return {
    status: Number(statusLine.split(" ")[1]),
    headers: Object.fromEntries(headers),
    body: JSON.parse(stdout.slice(end + 4)),
  };
}

const asOperator = () => ["-H", `Authorization: Bearer ${SA_TOKEN}`, "-H", `X-Request-ID: ${REQ_ID}`];
const asJson = (body: unknown) => ["-H", "Content-Type: application/json", "-d", JSON.stringify(body)];

async function send({ provider, key, body }: Sample): Promise<void> {
  const headers = sign(provider, body, { id: key }) as [string, string][];
  const response = await fetch(`${app.url}/api/webhooks/${provider}`, {
    method: "POST",
    headers,
    body: new Uint8Array(body),
  });
  expect(response.status).toBe(200);
}

async function eventOf(key: string) {
  const { body } = await curl(`$BASE_URL/api/webhooks/events?q=${key}`, ...asOperator());
  return body.events[0];
}

async function sendUntil(event: Sample, status: string): Promise<void> {
  await send(event);
  await until(`${event.key} is ${status}`, async () => (await eventOf(event.key)).status === status);
}

/** A Chatwoot event that has used up its attempts. The sink works again afterwards. */
async function deadLetter(): Promise<Sample> {
  const event = sample("chatwoot", "message_created");
  app.sink.setMode("503");
  await sendUntil(event, "dead");
  app.sink.setMode("ok");
  await forgetFailures(app);
  return event;
}

describe("OutboundEngine: webhook incident recovery", () => {
  test("lists candidate events of a provider with what an operator inspects", async () => {
    const event = sample("stripe", "invoice.payment_failed");
    await sendUntil(event, "processed");
    const heard = await curl("$BASE_URL/api/webhooks/events?provider_slug=stripe&limit=100", ...asOperator());
    expect(heard.status).toBe(200);
    expect(heard.headers["x-request-id"]).toBe(REQ_ID);
    expect(heard.body.events[0]).toMatchObject({
      event_key: event.key,
      event_type: "invoice.payment_failed",
      provider_slug: "stripe",
      status: "processed",
      replay_count: 0,
      last_error: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  test("narrows by organisation, company, type, status, time and limit together", async () => {
    const wanted = sample("chatwoot", "message_created", { organisation: "77" });
    const others = [
      sample("chatwoot", "message_created", { organisation: "78" }),
      sample("chatwoot", "contact_created", { organisation: "77" }),
    ];
    for (const event of [wanted, ...others]) await sendUntil(event, "processed");
    const hour = 3_600_000;
    const query = new URLSearchParams({
      provider_slug: "chatwoot",
      org_id: "77",
      company_id: "8",
      event_type: "message_created",
      status: "processed",
      from_ts: new Date(Date.now() - hour).toISOString(),
      to_ts: new Date(Date.now() + hour).toISOString(),
      limit: "200",
    });
    const keys = async (changed: Record<string, string> = {}) => {
      const asked = new URLSearchParams({ ...Object.fromEntries(query), ...changed });
      const { status, body } = await curl(`$BASE_URL/api/webhooks/events?${asked}`, ...asOperator());
      expect(status).toBe(200);
      return body.events.map((event: { event_key: string }) => event.event_key);
    };
    expect(await keys()).toEqual([wanted.key]);
    const counted = await curl(`$BASE_URL/api/webhooks/events?${query}&count=1`, ...asOperator());
    expect(counted.body.total).toBe(1);
    expect((await curl(`$BASE_URL/api/webhooks/events?${query}`, ...asOperator())).body).not.toHaveProperty("total");
    expect(await keys({ company_id: "9" })).toEqual([]);
    expect(await keys({ status: "dead" })).toEqual([]);
    expect(await keys({ to_ts: new Date(Date.now() - hour).toISOString() })).toEqual([]);
    expect((await keys({ org_id: "", company_id: "", event_type: "" })).length).toBeGreaterThanOrEqual(3);
  });

  test("pages through the history with the cursor, each event once, newest first", async () => {
    for (let n = 0; n < 5; n += 1) await send(sample("telnyx", "call.initiated"));
    const seen: string[] = [];
    let cursor = "";
    do {
      const { body } = await curl(
        `$BASE_URL/api/webhooks/events?provider_slug=telnyx&limit=2&cursor=${cursor}`,
        ...asOperator(),
      );
      expect(body.events.length).toBeLessThanOrEqual(2);
      seen.push(...body.events.map((event: { created_at: string; id: string }) => `${event.created_at} ${event.id}`));
      cursor = body.next_cursor ?? "";
    } while (cursor);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    expect([...seen].sort().reverse()).toEqual(seen);
  });

  test("replays a single event: the answer says replayed, the count rises, the status follows", async () => {
    const event = await deadLetter();
    const before = app.sink.received.length;
    const heard = await curl("-X", "POST", `$BASE_URL/api/webhooks/replay/chatwoot/${event.key}`, ...asOperator());
    expect(heard).toMatchObject({ status: 200, headers: { "x-request-id": REQ_ID } });
    expect(heard.body).toMatchObject({
      status: "replayed",
      provider_slug: "chatwoot",
      event_key: event.key,
      replay_count: 1,
      request_id: REQ_ID,
      error: null,
      items: [{ event_key: event.key, outcome: "delivered" }],
    });
    expect(await eventOf(event.key)).toMatchObject({ status: "replayed", replay_count: 1, last_error: null });

    const [arrived] = app.sink.received.slice(before);
    expect(arrived?.body).toEqual(event.body);
    expect(
      Object.fromEntries(arrived?.headers.map(([name, value]) => [name.toLowerCase(), value]) ?? []),
    ).toMatchObject({
      "x-redrive-replay": "true",
      "x-redrive-replay-id": heard.body.replay_id,
    });
    const replay = await curl(`$BASE_URL/api/webhooks/replays/${heard.body.replay_id}`, ...asOperator());
    expect(replay.body).toMatchObject({
      status: "completed",
      actor: "test-super_admin",
      request_id: REQ_ID,
      total: 1,
      succeeded: 1,
    });
    expect(
      await app.sql`select actor, request_id from staff_actions where subject = ${heard.body.replay_id} limit 1`,
    ).toEqual([{ actor: "test-super_admin", request_id: REQ_ID }]);
    expect(app.output()).toMatch(new RegExp(`"event":"replay".*"request_id":"${REQ_ID}"`));
  });

  test("replays a projected event, too, and says that its rows were right already", async () => {
    const event = sample("stripe", "customer.subscription.updated");
    await sendUntil(event, "processed");
    const heard = await curl("-X", "POST", `$BASE_URL/api/webhooks/replay/stripe/${event.key}`, ...asOperator());
    expect(heard.body).toMatchObject({ status: "replayed", replay_count: 1, items: [{ outcome: "already_correct" }] });
  });

  test.each(["evt_100%", "evt_a/b", "evt_%2F", "evt_ü:1+2"])(
    "replays exactly the event whose key is %s",
    async (key) => {
      const event = sample("stripe", "invoice.payment_failed", { key });
      await send(event);
      await until("it is processed", async () => (await eventOf(encodeURIComponent(key))).status === "processed");
      const heard = await curl(
        "-X",
        "POST",
        `$BASE_URL/api/webhooks/replay/stripe/${encodeURIComponent(key)}`,
        ...asOperator(),
      );
      expect(heard).toMatchObject({ status: 200, body: { status: "replayed", event_key: key } });
    },
  );

  test("says failed, with the error, when the replay fails as well", async () => {
    const event = await deadLetter();
    app.sink.setMode("422");
    const heard = await curl("-X", "POST", `$BASE_URL/api/webhooks/replay/chatwoot/${event.key}`, ...asOperator());
    app.sink.setMode("ok");
    expect(heard.body).toMatchObject({ status: "failed", replay_count: 1, error: expect.stringContaining("422") });
    expect(await eventOf(event.key)).toMatchObject({ status: "dead", last_error_class: "http_422" });
  });

  test("answers queued at once when the caller does not want to wait", async () => {
    const event = await deadLetter();
    const target = `$BASE_URL/api/webhooks/replay/chatwoot/${event.key}`;
    const heard = await curl(
      "-X",
      "POST",
      target,
      ...asOperator(),
      ...asJson({ wait: false, reason: "The SDK is back" }),
    );
    expect(heard).toMatchObject({ status: 202, body: { status: "queued", replay: { reason: "The SDK is back" } } });
    await until("it is replayed", async () => (await eventOf(event.key)).status === "replayed");
  });
});

describe("CloudGreet: webhooks", () => {
  test("the test call with a made-up signature is refused with 400, at the runbook's path", async () => {
    const event = {
      id: "evt_signature_check",
      object: "event",
      type: "customer.subscription.created",
      data: { object: {} },
    };
    const signature = ["-H", "Stripe-Signature: t=1234567890,v1=test_signature"];
    const heard = await curl("-X", "POST", "$BASE_URL/api/stripe/webhook", ...signature, ...asJson(event));
    expect(heard).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    const unsigned = await curl("-X", "POST", "$BASE_URL/api/telnyx/webhook", ...asJson({ data: {} }));
    expect(unsigned).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    expect(await app.sql`select from events where event_key = 'evt_signature_check'`).toHaveLength(0);
    const rejected =
      await app.sql`select provider from rejections where path in ('/api/stripe/webhook', '/api/telnyx/webhook')`;
    expect(rejected.map((row) => row.provider).sort()).toEqual(["stripe", "telnyx"]);
  });

  test("a really signed call at the same path is received", async () => {
    const { key, body } = sample("stripe", "customer.subscription.created");
    const headers = sign("stripe", body).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    const heard = await curl(
      "-X",
      "POST",
      "$BASE_URL/api/stripe/webhook",
      ...headers,
      "--data-binary",
      body.toString(),
    );
    expect(heard).toMatchObject({ status: 200, body: { received: true } });
    await until("it is projected", async () => (await eventOf(key)).status === "processed");
    const twice = await curl(
      "-X",
      "POST",
      "$BASE_URL/api/stripe/webhook",
      ...headers,
      "--data-binary",
      body.toString(),
    );
    expect(twice).toMatchObject({ status: 200, body: { received: true, duplicate: true } });
  });

  test("analytics has the fields of the runbook, and they agree with one another", async () => {
    await deadLetter();
    const { status, body } = await curl("$BASE_URL/api/webhooks/analytics", ...asOperator());
    expect(status).toBe(200);
    expect(body.stats).toContainEqual({ event_type: "message_created", status: "failure", count: expect.any(Number) });
    const counted = (outcome?: string) =>
      body.stats
        .filter((stat: { status: string }) => outcome === undefined || stat.status === outcome)
        .reduce((total: number, stat: { count: number }) => total + stat.count, 0);
    expect(body.total_processed).toBe(counted());
    const { succeeded, lost } = body.totals;
    expect(succeeded + lost).toBeGreaterThan(0);
    expect(body.success_rate).toBeCloseTo((succeeded / (succeeded + lost)) * 100, 1);
    expect(body.failed_webhooks[0]).toMatchObject({
      webhook_data: { event: "message_created" },
      error_message: expect.stringContaining("503"),
    });
    expect(body.failed_webhooks.length).toBeLessThanOrEqual(10);
  });

  test("the dead letter queue lists failed webhooks, and retries one by its id", async () => {
    const event = await deadLetter();
    const list = await curl("$BASE_URL/api/webhooks/dlq", ...asOperator());
    const failed = list.body.failed_webhooks[0];
    expect(failed).toMatchObject({
      id: expect.stringMatching(/^we_\d+$/),
      event_key: event.key,
      webhook_data: JSON.parse(event.body.toString()),
      error_message: expect.stringContaining("503"),
      failed_at: expect.stringMatching(/^\d{4}-/),
    });
    const retried = await curl(
      "-X",
      "POST",
      "$BASE_URL/api/webhooks/dlq",
      ...asOperator(),
      ...asJson({ webhook_id: failed.id }),
    );
    expect(retried).toMatchObject({ status: 200, body: { success: true } });
    await until("it has left the queue", async () => {
      const { body } = await curl("$BASE_URL/api/webhooks/dlq", ...asOperator());
      return !body.failed_webhooks.some((one: { event_key: string }) => one.event_key === event.key);
    });
  });

  test("retry_all retries what is dead, and is content when nothing is", async () => {
    const retry = (asked: object) =>
      curl("-X", "POST", "$BASE_URL/api/webhooks/dlq", ...asOperator(), ...asJson(asked));
    const left = async () => (await curl("$BASE_URL/api/webhooks/dlq", ...asOperator())).body.failed_webhooks;
    // A delivery in progress is not in the queue either, so each is awaited.
    for (const { id, event_key } of await left()) {
      await retry({ webhook_id: id });
      await until("it is replayed", async () => (await eventOf(event_key)).status === "replayed");
    }
    expect(await left()).toEqual([]);

    const [first, second] = [await deadLetter(), await deadLetter()];
    expect(await retry({ retry_all: true })).toMatchObject({ status: 200, body: { success: true, queued: 2 } });
    for (const event of [first, second]) {
      await until("it is replayed", async () => (await eventOf(event.key)).status === "replayed");
    }
    expect(await left()).toEqual([]);
    expect(await retry({ retry_all: true })).toMatchObject({ status: 200, body: { success: true, queued: 0 } });
  });

  test("health needs no sign-in and says which endpoints are configured [S54]", async () => {
    const { status, body } = await curl("$BASE_URL/api/webhooks/health");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "healthy",
      endpoints: { stripe: true, telnyx: true },
      database: { reachable: true },
      missing_secrets: [],
    });
    expect(Math.abs(Date.parse(body.timestamp) - Date.now())).toBeLessThan(60_000);
  });
});

describe("Support: Chatwoot", () => {
  const message = {
    event: "message_created",
    id: 40_112,
    content: "Is this thing on?",
    message_type: 0,
    conversation: { id: 6 },
  };
  const test_call = (url: string) =>
    curl("-X", "POST", `${url}/api/webhooks/chatwoot`, "-H", "X-Forwarded-From: chatwoot-test", ...asJson(message));

  test("the manual test, which is not signed, is refused with 401", async () => {
    expect(await test_call("$BASE_URL")).toMatchObject({ status: 401, body: { error: expect.any(String) } });
  });

  test("is received where an operator allowed unsigned servers, and never called signed", {
    timeout: 120_000,
  }, async () => {
    const lenient = await openApp({ CHATWOOT_ALLOW_UNSIGNED: "1", CHATWOOT_WEBHOOK_SECRET: "" });
    try {
      const heard = await test_call(lenient.url);
      expect(heard).toMatchObject({ status: 200, body: { received: true } });
      expect(await lenient.sql`select trust, event_type from events`).toEqual([
        { trust: "unsigned", event_type: "message_created" },
      ]);
      await until("it is forwarded", () => lenient.sink.received.length === 1);
      expect(JSON.parse(String(lenient.sink.received[0]?.body))).toEqual(message);
      const health = await curl(`${lenient.url}/api/webhooks/health`);
      expect(health.body.endpoints).toMatchObject({ chatwoot: false });
    } finally {
      await lenient.close();
    }
  });

  test("with the Agent SDK failing, tries three times, then rests as a dead letter with its reason", async () => {
    const before = app.sink.received.length;
    const event = await deadLetter();
    expect(app.sink.received.slice(before)).toHaveLength(3);
    expect(await eventOf(event.key)).toMatchObject({ status: "dead", attempt_count: 3, last_error_class: "http_5xx" });
  });

  test("does not try again what the Agent SDK will never take [E12]", async () => {
    const event = sample("chatwoot", "message_created");
    app.sink.setMode("422");
    await sendUntil(event, "dead");
    app.sink.setMode("ok");
    expect(await eventOf(event.key)).toMatchObject({ attempt_count: 1, last_error_class: "http_422" });
  });
});
