/** Publishing: our own events, and the webhooks that merchants get, live and replayed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, asker } from "../support/api";
import { type Merchant, startMerchant } from "../support/merchant";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let merchant: Merchant;
let admin: Ask;
let publisher: Ask;

beforeAll(async () => {
  app = await openApp();
  merchant = await startMerchant();
  admin = asker(app.url, await tokenFor("super_admin"));
  publisher = asker(app.url, await tokenFor("viewer", "10m", "events:publish"));
  const { body } = await admin("POST", "/api/destinations", {
    name: "Merchant 123",
    url: `${merchant.url}/webhooks/globapay`,
    organisation_id: "org_123",
  });
  merchant.secret = body.secret;
}, 300_000);

afterAll(async () => {
  await app?.close();
  await merchant?.close();
});

const payment = (key: string, more: Record<string, unknown> = {}) => ({
  eventType: "payment.completed",
  organisationId: "org_123",
  data: { paymentId: "pay_77", amount: 1999 },
  idempotencyKey: key,
  ...more,
});

const requestsOf = (id: string) => merchant.received.filter((request) => request.id === id);

async function replay(id: string): Promise<void> {
  const before = requestsOf(id).length;
  const { status } = await admin("POST", "/api/webhooks/replays", {
    selection: { event_ids: [id] },
    reason: "the merchant asked for it",
  });
  expect(status).toBe(202);
  await until(`${id} arrived again`, () => requestsOf(id).length > before);
}

describe("POST /api/events", () => {
  test("takes an event, and once more as a duplicate, whenever it is said to have happened", async () => {
    const first = await publisher("POST", "/api/events", payment("pay-1", { timestamp: "2026-03-02T09:30:00Z" }));
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({
      event_id: expect.stringMatching(/^we_\d+$/),
      organisation_id: "org_123",
      idempotency_key: "pay-1",
      outcome: "accepted",
    });
    const again = await publisher("POST", "/api/events", payment("pay-1"));
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ event_id: first.body.event_id, outcome: "duplicate" });
    const { body } = await admin("GET", `/api/webhooks/events/${first.body.event_id}`);
    expect(body).toMatchObject({
      provider_slug: "platform",
      event_key: "org_123/pay-1",
      event_type: "payment.completed",
      org_id: "org_123",
      trust: "token",
      duplicate_count: 1,
      occurred_at: "2026-03-02T09:30:00.000000Z",
    });
  });

  test("refuses another event under the same key, and says which was first", async () => {
    const first = await publisher("POST", "/api/events", payment("pay-2"));
    for (const other of [{ eventType: "payment.failed" }, { data: { paymentId: "pay_78" } }]) {
      const { status, body } = await publisher("POST", "/api/events", payment("pay-2", other));
      expect(status).toBe(409);
      expect(body).toMatchObject({ event_id: first.body.event_id, field: "idempotencyKey" });
    }
    const elsewhere = await publisher("POST", "/api/events", payment("pay-2", { organisationId: "org_9" }));
    expect(elsewhere.status).toBe(202);
  });

  test("takes the key from the header, the merchant by the runbook's name, and any type of the known form", async () => {
    const { idempotencyKey: _, organisationId: __, ...rest } = payment("", { eventType: "payout.paid_out.v2" });
    const sent = { ...rest, merchantId: "org_123" };
    const { status, body } = await publisher("POST", "/api/events", sent, { "idempotency-key": "from header" });
    expect([status, body.idempotency_key, body.organisation_id]).toEqual([202, "from header", "org_123"]);
  });

  test("takes a list, in its order, and says of each what became of it", async () => {
    await publisher("POST", "/api/events", payment("list-0"));
    const list = [0, 1, 2, 3].map((n) => payment(`list-${n}`));
    const mixed = await publisher("POST", "/api/events", [...list, payment("list-0", { data: {} })]);
    expect(mixed.status).toBe(202);
    expect(mixed.body.events.map((event: { outcome: string }) => event.outcome)).toEqual([
      "duplicate",
      "accepted",
      "accepted",
      "accepted",
      "conflict",
    ]);
    const numbers = mixed.body.events.slice(0, 4).map((event: { event_id: string }) => Number(event.event_id.slice(3)));
    expect(numbers).toEqual(numbers.toSorted((a: number, b: number) => a - b));
    expect((await publisher("POST", "/api/events", list)).status).toBe(200);
    expect((await publisher("POST", "/api/events", [payment("list-0", { data: {} })])).status).toBe(409);
  });

  const wrong: [string, unknown, Record<string, string>?][] = [
    ["body", "{"],
    ["body", []],
    ["body", Array.from({ length: 101 }, (_, n) => payment(`many-${n}`))],
    ["eventType", payment("x", { eventType: "no spaces" })],
    ["[1].eventType", [payment("x"), payment("y", { eventType: "" })]],
    ["organisationId", payment("x", { organisationId: undefined })],
    ["organisationId", payment("x", { organisationId: "a/b" })],
    ["merchantId", payment("x", { merchantId: "org_9" })],
    ["data", payment("x", { data: [1] })],
    ["idempotencyKey", payment("x", { idempotencyKey: undefined })],
    ["idempotencyKey", payment("x", { idempotencyKey: "ü" })],
    ["Idempotency-Key", payment("x"), { "idempotency-key": "y" }],
    // As the App Router joins two such headers.
    ["Idempotency-Key", payment(undefined as never), { "idempotency-key": "y, z" }],
    ["timestamp", payment("x", { timestamp: "yesterday" })],
  ];
  test.each(wrong)("names %s when it is wrong, and stores nothing", async (field, body, headers) => {
    const [before] = await app.sql`select count(*)::int as n from events`;
    const answer = await publisher("POST", "/api/events", body, headers);
    expect([answer.status, answer.body.field]).toEqual([400, field]);
    expect(await app.sql`select count(*)::int as n from events`).toEqual([before]);
  });

  test("is the only way in, and has a limit", async () => {
    const door = await fetch(`${app.url}/api/webhooks/platform`, { method: "POST", body: "{}" });
    expect(door.status).toBe(404);
    const large = payment("large", { data: { text: "x".repeat(1024 * 1024) } });
    expect((await publisher("POST", "/api/events", large)).status).toBe(413);
  });
});

describe("what the merchant gets", () => {
  test("is the runbook's envelope, with data byte for byte, live and replayed [D1]", async () => {
    const data = '{ "id": 9007199254740993, "amount": 1.10,  "b": "\\u00e9", "a": {"x": [1e3, null, "}"]} }';
    const sent = `{"data": ${data}, "eventType": "payment.completed", "idempotencyKey": "payment_12345_completed",
      "organisationId": "org_123", "timestamp": "2026-01-15T10:00:00Z"}`;
    const { body } = await publisher("POST", "/api/events", sent);
    await until("it arrived", () => requestsOf(body.event_id).length === 1);
    const envelope = (isReplay: boolean) =>
      `{"eventId":"${body.event_id}","idempotencyKey":"payment_12345_completed","eventType":"payment.completed",` +
      `"timestamp":"2026-01-15T10:00:00Z","isReplay":${isReplay},"originalTimestamp":"2026-01-15T10:00:00Z","data":${data}}`;
    expect(requestsOf(body.event_id)[0]?.body).toBe(envelope(false));
    await replay(body.event_id);
    const [live, replayed] = requestsOf(body.event_id);
    expect(replayed?.body).toBe(envelope(true));
    expect([live?.verified, replayed?.verified]).toEqual([true, true]);
    expect(replayed?.headers["x-redrive-replay"]).toBe("true");
    expect(live?.headers["content-type"]).toBe("application/json");
  });

  test("is one event under one id on every retry", async () => {
    merchant.status = 503;
    const { body } = await publisher("POST", "/api/events", payment("retried"));
    await until("it failed", () => requestsOf(body.event_id).length === 1);
    merchant.status = 200;
    await until("it was tried again", () => requestsOf(body.event_id).length === 2, 20_000);
    const [first, second] = requestsOf(body.event_id);
    expect(second?.body).toBe(first?.body);
    expect(second?.verified).toBe(true);
  });

  test("is none of another organisation's events", async () => {
    const { body } = await publisher("POST", "/api/events", payment("other", { organisationId: "org_other" }));
    const { body: event } = await admin("GET", `/api/webhooks/events/${body.event_id}`);
    expect([event.status, event.deliveries]).toEqual(["ignored", []]);
  });
});
