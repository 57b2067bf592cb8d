/** "Send a sample": a really signed webhook of every provider through its own endpoint, and the errors. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { SENDERS, TEST_SECRETS } from "../fixtures/sign";
import { curl } from "../support/curl";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let token: string;
beforeAll(async () => {
  app = await openApp({
    ALLOW_SAMPLES: "1",
    TELNYX_PRIVATE_KEY: TEST_SECRETS.telnyx,
    // Too short to be a secret: treated as missing.
    SHOPIFY_WEBHOOK_SECRET: "short",
  });
  token = await tokenFor("support");
}, 300_000);
afterAll(() => app.close());

const send = (json: unknown) => curl("POST", `${app.url}/api/sources/sample`, { token, json });

test.each(SENDERS.filter((sender) => sender !== "shopify"))("%s accepts its own sample", async (provider) => {
  const { status, body } = await send({ provider });
  expect(status).toBe(200);
  expect(body).toMatchObject({ provider, status: 200, refusal: null });
  const event = await curl("GET", `${app.url}/api/webhooks/events/${body.event_id}`, { token });
  expect(event.body).toMatchObject({
    provider_slug: provider,
    event_type: body.event_type,
    event_key: body.event_key,
    parse_status: "ok",
    trust: ["mitto", "smartlead", "heyreach"].includes(provider) ? "token" : "signed",
  });
});

test("two samples are two events, and each is in the audit log with its request id", async () => {
  const keys = [await send({ provider: "stripe" }), await send({ provider: "stripe" })].map(
    ({ body }) => body.event_key,
  );
  expect(new Set(keys).size).toBe(2);
  const actions = await app.sql`
    select actor, subject, request_id from staff_actions where action = 'source.sample' and subject = 'stripe'`;
  expect(actions).toHaveLength(3);
  expect(actions.every(({ request_id }) => request_id)).toBe(true);
});

test("a provider without its secret names the variable, in the list too", async () => {
  const { status, body } = await send({ provider: "shopify" });
  expect([status, body.field, body.title]).toEqual([
    409,
    "provider",
    "SHOPIFY_WEBHOOK_SECRET is not set, so no sample can be signed.",
  ]);
  const { providers } = (await curl("GET", `${app.url}/api/sources`, { token })).body;
  const samples = Object.fromEntries(providers.map(({ provider, sample }: never) => [provider, sample]));
  expect([samples.shopify, samples.stripe]).toEqual([{ missing: "SHOPIFY_WEBHOOK_SECRET" }, { missing: null }]);
});

test.each([[{}], [{ provider: "nobody" }], [{ provider: "platform" }]])("%j has no sample", async (body) => {
  const answer = await send(body);
  expect([answer.status, answer.body.field]).toEqual([400, "provider"]);
});

test("a door that refuses is an answer, and no secret is said", async () => {
  const { body } = await send({ provider: "heyreach" });
  expect(body.event_id).toMatch(/^we_/);
  for (const secret of Object.values(TEST_SECRETS)) {
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(app.output()).not.toContain(secret);
  }
});

test("the analytics of a time between two others: exact, compared, and refused when it makes no sense", async () => {
  const analytics = (query: string) => curl("GET", `${app.url}/api/webhooks/analytics?${query}`, { token });
  const now = Date.now();
  const iso = (ms: number) => encodeURIComponent(new Date(ms).toISOString());
  // Both answers count the same only once nothing is under way any more.
  await until("every sample is delivered", async () => {
    const [open] =
      await app.sql`select count(*)::integer as count from deliveries where status in ('pending', 'claimed', 'retrying')`;
    return open?.count === 0;
  });
  const day = await analytics("range=24h");
  expect(day.body).toMatchObject({ range: "24h", bucket_seconds: 3600, silent_providers: [] });
  const lately = await analytics(`from_ts=${iso(now - 600_000)}&to_ts=${iso(now + 60_000)}`);
  expect(lately.status).toBe(200);
  expect(lately.body).toMatchObject({ range: "custom", bucket_seconds: 60, totals: day.body.totals });
  expect(lately.body.previous.received).toBe(0);
  const before = await analytics(`from_ts=${iso(now - 7_200_000)}&to_ts=${iso(now - 3_600_000)}`);
  expect(before.body.totals.received).toBe(0);
  for (const [query, field] of [
    [`from_ts=${iso(now)}`, "to_ts"],
    [`to_ts=${iso(now)}`, "from_ts"],
    [`from_ts=${iso(now)}&to_ts=${iso(now - 1)}`, "to_ts"],
    [`from_ts=${iso(now - 100 * 86_400_000)}&to_ts=${iso(now)}`, "to_ts"],
    ["from_ts=yesterday&to_ts=today", "from_ts"],
  ] as const) {
    const wrong = await analytics(query);
    expect([query, wrong.status, wrong.body.field]).toEqual([query, 400, field]);
  }
});
