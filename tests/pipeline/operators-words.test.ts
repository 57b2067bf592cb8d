/** Times, statuses, types and signatures as the runbooks write them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { givenEnd } from "@/lib/contract/api/values";
import type { Ask } from "../support/api";
import { openApi } from "../support/api-desk";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
let ask: Ask;
beforeAll(async () => {
  desk = await openDesk({ ENCRYPTION_KEY: Buffer.alloc(32, 3).toString("base64") });
  ask = await openApi();
});
afterAll(() => desk.close());

describe("An end that is written as :59 includes that second", () => {
  test.each([
    ["2026-11-29T23:59:59Z", "2026-11-30T00:00:00.000Z"],
    ["2026-11-29T23:59:59.999Z", "2026-11-30T00:00:00.000Z"],
    ["2026-11-29T23:59:59+02:00", "2026-11-29T22:00:00.000Z"],
    ["2026-11-29T10:00:00Z", "2026-11-29T10:00:00Z"],
    ["2026-11-29T10:00:59.5Z", "2026-11-29T10:00:59.5Z"],
    ["2026-11-29T10:59:00Z", "2026-11-29T10:59:00Z"],
    ["2026-11-29T10:00:00+00:59", "2026-11-29T10:00:00+00:59"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"],
  ])("%s ends before %s", (written, end) => {
    expect(givenEnd.parse(written)).toBe(end);
    expect(givenEnd.parse(givenEnd.parse(written))).toBe(end);
  });

  test("on every route with an end: the day's last event is listed, counted and replayed", async () => {
    const id = eventIdIn(await send("chatwoot", { event: "message_created", id: 1, account: { id: 9 } }));
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await desk.sql`
      update events set received_at = ${`${day}T23:59:59.7Z`}, organisation_id = 'last', status = 'dead' where id = ${id}`;
    await desk.sql`update deliveries set status = 'dead', finished_at = now() where event_id = ${id}`;
    const [from, to, after] = [`${day}T00:00:00Z`, `${day}T23:59:59Z`, `${day}T23:59:58Z`];
    const total = async (path: string) => (await ask("GET", path)).body.total;
    expect(await total(`/api/webhooks/events?from_ts=${from}&to_ts=${to}&count=1`)).toBe(1);
    expect(await total(`/api/webhooks/events?from_ts=${from}&to_ts=${after}&count=1`)).toBe(0);
    expect(await total(`/admin/webhooks/events?merchantId=last&from=${from}&to=${to}`)).toBe(1);
    const histogram = await ask("GET", `/api/webhooks/events/histogram?from_ts=${from}&to_ts=${to}`);
    expect(histogram.body.buckets.reduce((sum: number, { dead }: { dead: number }) => sum + dead, 0)).toBe(1);
    const criteria = { merchantId: "last", timeRange: { from, to } };
    const bulk = await ask("POST", "/admin/webhooks/bulk-replay", {
      criteria,
      options: { dryRun: true },
      reason: "drill",
    });
    expect(bulk).toMatchObject({ status: 200, body: { matched: 1 } });
    const window = { provider_slug: "chatwoot", from_ts: from, to_ts: to, dry_run: true };
    expect((await ask("POST", "/api/webhooks/replay-query", window)).body).toMatchObject({ matched: 1 });
    // Exclusive, as documented: these two are the same time.
    expect(await ask("GET", `/api/webhooks/events?from_ts=${from}&to_ts=${from}`)).toMatchObject({ status: 400 });
  });
});

describe("Statuses in the runbooks' words", () => {
  beforeAll(async () => {
    const rows = [
      ["dead", "timeout"],
      ["failed", "timeout"],
      ["failed", "http_5xx"],
      ["dead", "http_422"],
      ["processed", null],
    ] as const;
    for (const [n, [status, error]] of rows.entries()) {
      const id = eventIdIn(await send("chatwoot", { event: "message_created", id: 100 + n, account: { id: 9 } }));
      await desk.sql`
        update events set status = ${status}, last_error_class = ${error}, organisation_id = 'words', company_id = ${String(n)}
        where id = ${id}`;
    }
  });

  const found = async (path: string) => {
    const { status, body } = await ask("GET", path);
    expect(status).toBe(200);
    return body.events.map((event: { id: string }) => event.id).length;
  };

  test.each([
    ["failed,timeout,retry_exhausted", 4],
    ["timeout,retry_exhausted", 3],
    ["timeout", 2],
    ["retry_exhausted", 2],
    ["FAILED", 4],
    ["success", 1],
  ])("?status=%s finds %i of a merchant", async (status, count) => {
    expect(await found(`/admin/webhooks/events?merchantId=words&status=${status}`)).toBe(count);
  });

  test.each([
    ["failed,timeout,retry_exhausted", 4],
    ["timeout,retry_exhausted", 3],
    ["timeout,dead", 3],
    ["timeout", 2],
    ["failed", 2],
  ])("?status=%s finds %i in the history, each once", async (status, count) => {
    expect(await found(`/api/webhooks/events?org_id=words&status=${status}`)).toBe(count);
  });

  test("a word that is no status is a 400 that names the allowed ones", async () => {
    for (const path of ["/admin/webhooks/events", "/api/webhooks/events"]) {
      const { status, body } = await ask("GET", `${path}?status=failed,broken`);
      expect([path, status, body.field]).toEqual([path, 400, "status"]);
      expect(body.detail).toContain("received, processing, processed, failed, dead");
      expect(body.detail).toContain("retry_exhausted");
    }
  });
});

describe("Event types in the runbooks' words", () => {
  beforeAll(async () => {
    const provider = async (slug: string, type: string, n: number) => {
      const id = eventIdIn(await send("chatwoot", { event: "message_created", id: 200 + n, account: { id: 9 } }));
      await desk.sql`update events set provider = ${slug}, event_type = ${type}, organisation_id = 'types' where id = ${id}`;
    };
    await provider("smartlead", "EMAIL_REPLY", 0);
    await provider("smartlead", "EMAIL_SENT", 1);
    await provider("heyreach", "message_reply_received", 2);
    await provider("smartlead", "EMAIL_NEW_KIND", 3);
  });

  test.each([
    ["provider_slug=smartlead&event_type=reply", 1],
    ["provider_slug=smartlead&event_type=email_reply", 1],
    ["provider_slug=heyreach&event_type=reply", 1],
    ["provider_slug=HeyReach&event_type=MESSAGE_REPLY_RECEIVED", 1],
    ["event_type=reply", 2],
    ["provider_slug=smartlead&event_type=reply,sent", 2],
    // Not documented, but it came.
    ["provider_slug=smartlead&event_type=EMAIL_NEW_KIND", 1],
    // Documented, and none came.
    ["provider_slug=smartlead&event_type=EMAIL_BOUNCE", 0],
    ["provider_slug=stripe&event_type=charge.dispute.created", 0],
    ["provider_slug=standard&event_type=anything", 0],
  ])("%s finds %i", async (query, count) => {
    const { status, body } = await ask("GET", `/api/webhooks/events?org_id=types&limit=200&${query}`);
    expect([status, body.events?.length]).toEqual([200, count]);
  });

  test("a type that the provider does not send is a 400 that names its types, instead of an empty list", async () => {
    const listed = await ask("GET", "/api/webhooks/events?provider_slug=smartlead&event_type=answer");
    expect(listed).toMatchObject({ status: 400, body: { field: "event_type" } });
    expect(listed.body.title).toBe('smartlead sends no event type "answer".');
    expect(listed.body.detail).toContain("EMAIL_REPLY");
    const window = { from_ts: "2026-01-01T00:00:00Z", to_ts: "2026-01-02T00:00:00Z" };
    for (const [method, path, body] of [
      ["GET", "/admin/webhooks/events?provider=smartlead&eventType=answer", undefined],
      ["GET", "/api/webhooks/events/histogram?provider_slug=stripe&event_type=payment", undefined],
      ["POST", "/api/webhooks/replay-query", { provider_slug: "heyreach", event_type: "answer", ...window }],
      ["GET", "/api/webhooks/events?provider_slug=nosuch", undefined],
    ] as const) {
      expect([path, (await ask(method, path, body)).status]).toEqual([path, 400]);
    }
  });

  test("a replay by an alias takes what the list shows", async () => {
    const window = { from_ts: new Date(Date.now() - 3_600_000).toISOString(), to_ts: new Date().toISOString() };
    const asked = { provider_slug: "smartlead", event_type: "reply", ...window, dry_run: true };
    await workUntilIdle();
    const { status, body } = await ask("POST", "/api/webhooks/replay-query", asked);
    expect([status, body.matched]).toEqual([200, 1]);
  });
});

describe("test-endpoint signs, so that an endpoint that checks signatures accepts it", () => {
  const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      // The library of Standard Webhooks, as a merchant uses it.
      new Webhook(secret).verify(Buffer.concat(chunks), request.headers as Record<string, string>);
      response.writeHead(200, { "content-type": "application/json" }).end('{"status":"received"}');
    } catch {
      response.writeHead(401).end("bad signature");
    }
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/globapay`;
    const { sealSecret } = await import("@/lib/destinations/secrets");
    const stored = { ...sealSecret("merchant-123", secret), created_at: new Date().toISOString(), expires_at: null };
    await desk.sql`
      insert into destinations (slug, name, kind, managed, providers, event_types, url, organisation_id, secrets)
      values ('merchant-123', 'Merchant 123', 'http', true, '{platform}', '{*}', ${url}, 'org_merchant123',
        ${desk.sql.json([stored])})`;
  });
  afterAll(() => {
    receiver.closeAllConnections();
    receiver.close();
  });
  const post = (body: object) => ask("POST", "/admin/webhooks/test-endpoint", body);
  const testPayload = { eventType: "webhook.test", timestamp: "2024-01-15T11:00:00Z", data: { test: true } };

  test("with the secret of the merchant's destination, as the runbook calls it", async () => {
    const { status, body } = await post({ merchantId: "org_merchant123", url, testPayload });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      responseCode: 200,
      signed: true,
      responseBody: { status: "received" },
    });
    expect((await post({ url })).body).toMatchObject({ success: true, signed: true });
  });

  test("with a secret that is given, for any payload, and nothing keeps it", async () => {
    const { body } = await post({ url, testPayload: { eventType: "payment.completed" }, secret });
    expect(body).toMatchObject({ success: true, signed: true });
    const bad = await post({ url, secret: "short" });
    expect(bad).toMatchObject({ status: 400, body: { field: "secret" } });
    expect(JSON.stringify(await desk.sql`select * from staff_actions`)).not.toContain(secret);
  });

  test("never with a stored secret for another URL, another merchant or a payload that is no test", async () => {
    for (const asked of [
      { url: `${url}?copy`, testPayload },
      { url, merchantId: "org_other", testPayload },
      { url, merchantId: "org_merchant123", testPayload: { eventType: "payment.completed", data: { amount: 1 } } },
    ]) {
      const { body } = await post(asked);
      expect(body).toMatchObject({ success: false, responseCode: 401, signed: false });
      expect(body.hint).toContain("was not signed");
    }
  });
});
