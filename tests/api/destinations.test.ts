/** Long because it follows a destination from its creation to its deletion, on one started app. */
/** Destinations as a managed resource: created, tested, rotated, moved, deleted, and never revealing a secret. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Ask, asker } from "../support/api";
import { startApp } from "../support/app";
import { type Merchant, startMerchant } from "../support/merchant";
import { appEnvironment, tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

const CANARY = "canary-header-value-4f81";
const QUERY_CANARY = "canary-query-value-93c2";

let app: SharedApp;
let merchant: Merchant;
/** Another host on this machine. */
let newHost: Merchant;
let admin: Ask;
/** Every answer of the API. */
const heard: string[] = [];
/** Answers that may show a secret: each shows its own secret, once. */
const shown: string[] = [];

beforeAll(async () => {
  app = await openApp();
  [merchant, newHost] = await Promise.all([startMerchant(), startMerchant("127.0.0.2")]);
  admin = asker(app.url, await tokenFor("super_admin"), heard);
}, 300_000);

afterAll(async () => {
  await app?.close();
  await merchant?.close();
  await newHost?.close();
});

interface Made {
  id: string;
  secret: string;
}

async function make(more: Record<string, unknown> = {}): Promise<Made> {
  const { status, body } = await admin("POST", "/api/destinations", {
    name: "Merchant",
    url: `${merchant.url}/hooks`,
    organisation_id: "org_of_nobody_else",
    ...more,
  });
  heard.pop();
  expect([status, body.error]).toEqual([201, undefined]);
  shown.push(body.secret);
  return { id: body.destination.id, secret: body.secret };
}

async function sample(id: string): Promise<string> {
  const { status, body } = await admin("POST", `/api/destinations/${id}/sample`);
  expect([status, body.error]).toEqual([202, undefined]);
  return body.event_id;
}

const arrived = (at: Merchant, id: string) => at.received.find((request) => request.id === id);

async function sampleArrives(id: string, at: Merchant) {
  const event = await sample(id);
  await until(`${event} arrived`, () => arrived(at, event) !== undefined);
  return arrived(at, event);
}

const signaturesOf = (request: { headers: Record<string, string> } | undefined) =>
  (request?.headers["webhook-signature"] ?? "").split(" ").length;

describe("making one", () => {
  test("shows the secret once and masks the rest, with defaults for what was not said [S20]", async () => {
    const { status, body } = await admin("POST", "/api/destinations", {
      name: "Förster & Söhne",
      url: `${merchant.url}/hooks?token=${QUERY_CANARY}#here`,
      headers: { "X-Api-Key": CANARY },
    });
    heard.pop();
    shown.push(body.secret);
    expect(status).toBe(201);
    expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(body.destination).toMatchObject({
      id: expect.stringMatching(/^ds_\d+$/),
      slug: expect.stringMatching(/^fo-rster-so-hne-[0-9a-f]{6}$/),
      managed: true,
      kind: "http",
      organisation_id: null,
      providers: ["platform"],
      event_types: ["*"],
      url: `${merchant.url}/hooks?token=••••`,
      headers: { "X-Api-Key": "••••" },
      timeout_ms: 15_000,
      max_concurrency: 8,
      rate_per_second: null,
      ordering: "none",
      enabled: true,
      paused_at: null,
      state: "idle",
      secrets: [{ hint: `whsec_…${body.secret.slice(-5, -1)}`, expires_at: null }],
    });
    const { body: one, headers } = await admin("GET", `/api/destinations/${body.destination.id}`);
    expect(one).toEqual(body.destination);
    expect(headers.get("etag")).toBe(`"${one.updated_at}"`);
    const { body: all } = await admin("GET", "/api/destinations");
    expect(all.destinations).toContainEqual(one);
    expect(
      all.destinations.filter((d: { managed: boolean }) => !d.managed).map((d: { slug: string }) => d.slug),
    ).toContain("agent-sdk");
  });

  const wrong: [string, Record<string, unknown>][] = [
    ["name", { name: " " }],
    ["name", { name: "x".repeat(121) }],
    ["url", { url: "ftp://example.com/" }],
    ["url", { url: "http://10.0.0.1/hooks" }],
    ["url", { url: "https://user:pass@127.0.0.1/" }],
    ["url", { url: "https://127.0.0.1/?a=••••" }],
    ["headers", { headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, "1"])) }],
    ["headers", { headers: { "webhook-id": "mine" } }],
    ["headers", { headers: { "X-Api-Key": "a\r\nb" } }],
    ["headers", { headers: { "X-Api-Key": "••••" } }],
    ["event_types", { event_types: [] }],
    ["event_types", { event_types: Array.from({ length: 51 }, (_, n) => `type.${n}`) }],
    ["event_types", { event_types: ["two words"] }],
    ["providers", { providers: ["nobody"] }],
    ["timeout_ms", { timeout_ms: 99 }],
    ["timeout_ms", { timeout_ms: 30_001 }],
    ["rate_per_second", { rate_per_second: 0 }],
    ["ordering", { ordering: "random" }],
    ["max_attempts", { max_attempts: 51 }],
    ["secret", { secret: "whsec_mine" }],
  ];
  test.each(wrong)("names %s when it is wrong: %o", async (field, more) => {
    const asked = { name: "Wrong", url: `${merchant.url}/hooks`, ...more };
    const { status, body } = await admin("POST", "/api/destinations", asked);
    expect([status, body.field]).toEqual([400, field]);
  });
});

describe("changing one", () => {
  test("changes what is named, keeps masked values, and refuses what was seen too long ago", async () => {
    const { id, secret } = await make({
      url: `${merchant.url}/a?key=${QUERY_CANARY}`,
      headers: { "X-Api-Key": CANARY },
    });
    const { body: before, headers } = await admin("GET", `/api/destinations/${id}`);
    const { status, body } = await admin("PATCH", `/api/destinations/${id}`, {
      name: "Renamed",
      url: before.url,
      headers: { ...before.headers, "X-New": "and a new one" },
      rate_per_second: 5,
    });
    expect([status, body.name, body.rate_per_second]).toEqual([200, "Renamed", 5]);
    merchant.secret = secret;
    const request = await sampleArrives(id, merchant);
    expect([request?.headers["x-api-key"], request?.headers["x-new"]]).toEqual([CANARY, "and a new one"]);
    expect([request?.verified, signaturesOf(request)]).toEqual([true, 1]);

    const late = { "if-match": headers.get("etag") ?? "" };
    expect((await admin("PATCH", `/api/destinations/${id}`, { name: "Late" }, late)).status).toBe(412);
    const again = await admin("PATCH", `/api/destinations/${id}`, { url: `${merchant.url}/b?key=••••` });
    expect([again.status, again.body.field]).toEqual([400, "url"]);
    expect((await admin("PATCH", `/api/destinations/${id}`, { rate_per_second: null })).body.rate_per_second).toBe(
      null,
    );
  });

  test("to another host never sends the old secret or old headers there [S14]", async () => {
    const { id, secret: old } = await make({ headers: { "X-Api-Key": CANARY, "X-Kept": "old value" } });
    const path = await admin("PATCH", `/api/destinations/${id}`, { url: `${merchant.url}/other-path` });
    expect([path.status, path.body.secret, path.body.id]).toEqual([200, undefined, id]);

    const { status, body } = await admin("PATCH", `/api/destinations/${id}`, {
      url: `${newHost.url}/hooks`,
      headers: { "X-Api-Key": "••••", "X-Kept": "new value" },
    });
    heard.pop();
    shown.push(body.secret);
    expect(status).toBe(200);
    expect(body.secret).toMatch(/^whsec_/);
    expect(body.secret).not.toBe(old);
    expect(body.destination.secrets).toHaveLength(1);
    expect(body.destination.headers).toEqual({ "X-Kept": "••••" });

    newHost.secret = old;
    const failing = await sampleArrives(id, newHost);
    expect([failing?.verified, signaturesOf(failing)]).toEqual([false, 1]);
    newHost.secret = body.secret;
    const right = await sampleArrives(id, newHost);
    expect([right?.verified, right?.headers["x-kept"], right?.headers["x-api-key"]]).toEqual([
      true,
      "new value",
      undefined,
    ]);
    expect(newHost.received.some((request) => JSON.stringify(request).includes(CANARY))).toBe(false);
  });

  test("is for the configuration where it comes from the configuration", async () => {
    const { body } = await admin("GET", "/api/destinations");
    const { id } = body.destinations.find((destination: { slug: string }) => destination.slug === "agent-sdk");
    expect((await admin("PATCH", `/api/destinations/${id}`, { name: "Mine" })).status).toBe(409);
    expect((await admin("POST", `/api/destinations/${id}/rotate-secret`, {})).status).toBe(409);
    expect((await admin("DELETE", `/api/destinations/${id}`)).status).toBe(409);
    const tables = body.destinations.find((destination: { kind: string }) => destination.kind === "tables");
    expect((await admin("POST", `/api/destinations/${tables.id}/test`)).status).toBe(409);
    expect((await admin("POST", `/api/destinations/${tables.id}/sample`)).status).toBe(409);
  });
});

describe("rotating its secret", () => {
  const rotate = async (id: string, overlap_hours?: number) => {
    const { status, body } = await admin("POST", `/api/destinations/${id}/rotate-secret`, { overlap_hours });
    heard.pop();
    expect(status).toBe(200);
    shown.push(body.secret);
    return body;
  };

  test("signs with both while they overlap, and with the new one alone without overlap [S15]", async () => {
    const { id, secret: old } = await make();
    const { secret, destination } = await rotate(id);
    expect(destination.secrets).toHaveLength(2);
    const hours = (Date.parse(destination.secrets[1].expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    merchant.secret = old;
    const first = await sampleArrives(id, merchant);
    merchant.secret = secret;
    const second = await sampleArrives(id, merchant);
    expect([first?.verified, second?.verified, signaturesOf(second)]).toEqual([true, true, 2]);

    const alone = await rotate(id, 0);
    expect(alone.destination.secrets).toHaveLength(1);
    expect((await sampleArrives(id, merchant))?.verified).toBe(false);
    merchant.secret = alone.secret;
    const last = await sampleArrives(id, merchant);
    expect([last?.verified, signaturesOf(last)]).toEqual([true, 1]);
  });

  test("stays bounded when it is done in anger, and within its limits [S15]", async () => {
    const { id } = await make();
    for (let times = 0; times < 10; times++) await rotate(id, 168);
    const { body } = await admin("GET", `/api/destinations/${id}`);
    expect(body.secrets).toHaveLength(5);
    const tooLong = await admin("POST", `/api/destinations/${id}/rotate-secret`, { overlap_hours: 169 });
    expect([tooLong.status, tooLong.body.field]).toEqual([400, "overlap_hours"]);
  });

  test("and replaying afterwards, a merchant that verifies accepts every single request [S15]", async () => {
    const shop = await startMerchant();
    const { id, secret } = await make({ url: shop.url, organisation_id: "org_rotating" });
    shop.secret = secret;
    const publish = (from: number) =>
      admin(
        "POST",
        "/api/events",
        Array.from({ length: 20 }, (_, n) => ({
          eventType: "payment.completed",
          organisationId: "org_rotating",
          idempotencyKey: `rotating-${from + n}`,
          data: { n: from + n },
        })),
      );
    const first = await publish(0);
    const rotated = await rotate(id);
    await publish(20);
    await until("40 arrived", () => shop.received.length >= 40);
    shop.secret = rotated.secret;
    await publish(40);
    const ids = first.body.events.map((event: { event_id: string }) => event.event_id);
    const replay = await admin("POST", "/api/webhooks/replays", {
      selection: { event_ids: ids },
      options: { skipAlreadyApplied: false },
      reason: "the merchant lost them",
    });
    expect(replay.status).toBe(202);
    await until("80 arrived", () => shop.received.length >= 80, 30_000);
    const { received } = shop;
    await shop.close();
    expect(received.filter((request) => !request.verified)).toEqual([]);
    expect(new Set(received.map((request) => request.id)).size).toBe(60);
    expect(received.filter((request) => JSON.parse(request.body).isReplay)).toHaveLength(20);
  });
});

describe("operating one", () => {
  test("a test is signed and leaves no event; a sample is an event", async () => {
    const { id, secret } = await make({ headers: { "X-Api-Key": CANARY } });
    merchant.secret = secret;
    const [before] = await app.sql`select count(*)::int as n from events`;
    const { status, body } = await admin("POST", `/api/destinations/${id}/test`);
    expect([status, body.success, body.responseCode]).toEqual([200, true, 200]);
    // Not simply the newest: deliveries of an earlier test may arrive in between.
    const request = merchant.received.findLast((one) => JSON.parse(one.body).data?.test === true);
    expect([request?.verified, request?.headers["x-api-key"]]).toEqual([true, CANARY]);
    expect(JSON.parse(request?.body ?? "")).toMatchObject({ eventType: "webhook.test", data: { test: true } });
    expect(await app.sql`select count(*)::int as n from events`).toEqual([before]);

    const event = await sample(id);
    await until("it is delivered", async () => {
      const { body: page } = await admin("GET", `/api/destinations/${id}/deliveries`);
      return page.deliveries[0]?.status === "delivered";
    });
    const { body: page } = await admin("GET", `/api/destinations/${id}/deliveries?limit=1`);
    expect(page).toMatchObject({
      deliveries: [{ event_id: event, event_type: "webhook.test", provider: "platform", http_status: 200 }],
      next_cursor: null,
    });
    const { body: history } = await admin("GET", `/api/webhooks/events/${event}`);
    expect(history.deliveries).toHaveLength(1);
  });

  test("paused it holds, resumed it delivers; every step is in the audit log", async () => {
    const { id, secret } = await make();
    merchant.secret = secret;
    expect((await admin("POST", `/api/destinations/${id}/pause`)).body.state).toBe("paused");
    expect((await admin("POST", `/api/destinations/${id}/pause`)).status).toBe(200);
    const event = await sample(id);
    const { body: page } = await admin("GET", `/api/destinations/${id}/deliveries`);
    expect(page.deliveries[0]).toMatchObject({ event_id: event, status: "held" });
    expect((await admin("POST", `/api/destinations/${id}/resume`)).status).toBe(200);
    await until("it arrived", () => arrived(merchant, event) !== undefined);
    const off = await admin("POST", `/api/destinations/${id}/disable`, { because: "The merchant left." });
    expect(off.body).toMatchObject({ state: "disabled", enabled: false, disabled_because: "The merchant left." });
    expect((await admin("POST", `/api/destinations/${id}/enable`)).body.enabled).toBe(true);
    const actions = await app.sql`select action from staff_actions where subject = ${id} order by id`;
    expect(actions.map((row) => row.action)).toEqual(
      ["create", "pause", "sample", "resume", "disable", "enable"].map((step) => `destination.${step}`),
    );
  });

  test("deleted, it is listed nowhere, what waited is cancelled, and its history stays", async () => {
    const { id } = await make();
    await admin("POST", `/api/destinations/${id}/pause`);
    const event = await sample(id);
    const { status, text } = await admin("DELETE", `/api/destinations/${id}`);
    expect([status, text]).toEqual([204, ""]);
    expect((await admin("GET", `/api/destinations/${id}`)).status).toBe(404);
    expect((await admin("DELETE", `/api/destinations/${id}`)).status).toBe(404);
    const { body } = await admin("GET", `/api/webhooks/events/${event}`);
    expect(body.deliveries[0]).toMatchObject({ status: "cancelled", destination: { name: "Merchant" } });
    const [row] = await app.sql`select secrets, headers from destinations where id = ${id.slice(3)}`;
    expect(row).toEqual({ secrets: [], headers: {} });
  });
});

test("no answer, log line or row has a secret, also when the endpoint sends back what it got [S16] [S18] [S20]", async () => {
  // A merchant of its own: Redrive masks this destination's secret in this destination's answers only.
  const echoing = await startMerchant();
  onTestFinished(() => echoing.close());
  const { id, secret } = await make({
    url: `${echoing.url}/hooks?token=${QUERY_CANARY}`,
    headers: { "X-Api-Key": CANARY },
  });
  Object.assign(echoing, { secret, echo: true });
  await admin("POST", `/api/destinations/${id}/test`);
  const event = await sample(id);
  await until("the echo is recorded", async () => {
    const { body } = await admin("GET", `/api/webhooks/events/${event}`);
    return body.deliveries[0]?.attempts[0]?.response_body?.includes("webhook-id") === true;
  });
  await admin("GET", "/api/destinations");
  await admin("GET", "/api/admin/webhooks/events");

  const canaries = [CANARY, ...shown, ...shown.map((one) => one.slice("whsec_".length))];
  const leaks = (where: string) => canaries.filter((canary) => where.includes(canary));
  expect(leaks(heard.join("\n"))).toEqual([]);
  expect(heard.join("\n")).not.toContain(QUERY_CANARY);
  expect(leaks(app.output())).toEqual([]);
  expect(app.output()).not.toContain(QUERY_CANARY);
  const tables =
    await app.sql`select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`;
  expect(tables.length).toBeGreaterThan(10);
  for (const { relname } of tables) {
    const rows = await app.sql`select (t.*)::text as row from ${app.sql(relname)} t`;
    expect([relname, leaks(rows.map((row) => row.row).join("\n"))]).toEqual([relname, []]);
  }
  const bodies = await app.sql`select response_body from attempts where response_body is not null`;
  expect(leaks(bodies.map((row) => row.response_body.toString("utf8")).join("\n"))).toEqual([]);
});

test("without its key Redrive does not start where something is encrypted [S16]", async () => {
  await make();
  const [row] = await app.sql`select current_database() as name`;
  const DATABASE_URL = (process.env.TEST_POSTGRES_URL ?? "").replace(/\/[^/]*$/, `/${row?.name}`);
  const start = (key: string) => startApp({ env: appEnvironment(app.sink, { DATABASE_URL, ENCRYPTION_KEY: key }) });
  await expect(start("")).rejects.toThrow("ENCRYPTION_KEY is not set");
  await expect(start(Buffer.alloc(32, 4).toString("hex"))).rejects.toThrow("not the one it was encrypted with");
});

test("without a key destinations can be read, and making one says what is missing", async () => {
  const keyless = await openApp({ ENCRYPTION_KEY: "" });
  try {
    const ask = asker(keyless.url, await tokenFor("super_admin"));
    expect((await ask("GET", "/api/destinations")).status).toBe(200);
    const { status, body } = await ask("POST", "/api/destinations", { name: "One", url: `${merchant.url}/hooks` });
    expect([status, body.title]).toEqual([503, expect.stringContaining("ENCRYPTION_KEY")]);
  } finally {
    await keyless.close();
  }
});
