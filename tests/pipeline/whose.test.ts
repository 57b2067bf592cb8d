/** Whose an event is and whether it may come in, as public reports of real senders have it. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSource } from "@/lib/commands/sources";
import type { Operation } from "@/lib/contract/openapi";
import { secretsFrom } from "@/lib/env";
import { operationOfRequest, refuseUnknownParameters } from "@/lib/front/http/known-names";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { accept } from "@/lib/pipeline/accept";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { exportPerson, findPerson } from "@/lib/queries/export-person";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { FIXTURE_SHOP, requestOf, TEST_SECRETS } from "../fixtures/sign";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const admin = {
  actor: { kind: "staff", id: "staff-1", name: "Ada", role: "admin", organisations: null },
  requestId: "req-whose",
  origin: "https://desk.test",
} as const;

const urlOf = async (provider: string, fields: Record<string, unknown> = {}) =>
  new URL((await createSource({ provider, name: "x", ...fields }, admin)).full_url).pathname;

const post = (path: string, event: unknown) =>
  accept({
    method: "POST",
    path,
    headers: [["content-type", "application/json"]],
    body: Buffer.from(JSON.stringify(event)),
  });

const stored = async (answer: { status: number; body: string }) => {
  expect(answer.status, answer.body).toBe(200);
  const [row] =
    await desk.sql`select trust, organisation_id, object_id from events where id = ${eventIdIn(answer as never)}`;
  return row;
};

describe("Chatwoot", () => {
  const rule = {
    event: "automation_event.message_created",
    id: 733,
    account_id: 5,
    inbox_id: 11,
    updated_at: 1795964882.75,
  };

  test.each([rule, { ...rule, event: "macro.executed", id: 734 }])(
    "an automation rule or macro, which it never signs, comes in through a source's token alone: $event [S57]",
    async (event) => {
      const path = await urlOf("chatwoot");
      expect(await stored(await post(path, event))).toEqual({
        ...{ trust: "token", organisation_id: "5", object_id: `conversation:5:${event.id}` },
      });
      expect((await post("/api/webhooks/chatwoot", event)).status).toBe(401);
      expect((await post(`${path.slice(0, -3)}abc`, event)).status).toBe(401);
    },
  );

  test("a token does not replace the signature of what it signs", async () => {
    const path = await urlOf("chatwoot");
    expect((await post(path, { ...rule, event: "message_created" })).status).toBe(401);
    const wrong = requestOf("chatwoot", rule, { secret: "another-chatwoot-secret" });
    expect((await accept({ ...wrong, path })).status).toBe(401);
  });

  test("a conversation event without its account belongs to the source, or to the account of its messages", async () => {
    const event = { event: "conversation_updated", id: 9, inbox_id: 1, updated_at: 1795964882.5, messages: [] };
    const path = await urlOf("chatwoot", { organisation_id: "acme" });
    expect(await stored(await accept({ ...requestOf("chatwoot", event), path }))).toMatchObject({
      ...{ organisation_id: "acme", object_id: "conversation:acme:9" },
    });
    const named = { ...event, updated_at: 1795964883.5, messages: [{ id: 1, account_id: 8 }] };
    expect(await stored(await send("chatwoot", named))).toMatchObject({
      ...{ organisation_id: "8", object_id: "conversation:8:9" },
    });
  });
});

test.each([
  ["acct_1coast", "acct_1coast"],
  ["org_1case/acct_1coast", "acct_1coast"],
  ["org_1case", "org_1case"],
])("Stripe's context %s is the tenant", async (context, organisation_id) => {
  const event = {
    id: `evt_${context.replace("/", "_")}`,
    object: "v2.core.event",
    type: "v2.core.account.updated",
    context,
  };
  expect(await stored(await send("stripe", event))).toMatchObject({ organisation_id });
});

test("A sender that signs with the text of the secret is refused, and the rejection names that cause and the way out", async () => {
  const body = Buffer.from('{"type":"order.paid"}');
  const request = requestOf("standard", body, { id: "msg_text" });
  const value = (name: string) => request.headers.find(([header]) => header.toLowerCase() === name)?.[1];
  const signed = `${value("webhook-id")}.${value("webhook-timestamp")}.${body}`;
  const signature = createHmac("sha256", TEST_SECRETS.standard).update(signed).digest("base64");
  const headers = request.headers.map(
    ([name, old]) => [name, /signature/i.test(name) ? `v1,${signature}` : old] as const,
  );
  expect((await accept({ ...request, headers })).status).toBe(401);
  const [rejection] =
    await desk.sql`select detail from rejections where provider = 'standard' order by id desc limit 1`;
  expect(rejection?.detail).toMatch(/text of the secret.*base64/);
  // The way out that it names.
  const before = process.env.STANDARD_WEBHOOK_SECRET;
  process.env.STANDARD_WEBHOOK_SECRET = Buffer.from(TEST_SECRETS.standard).toString("base64");
  const answer = await accept({ ...request, headers });
  process.env.STANDARD_WEBHOOK_SECRET = before;
  expect(answer.status).toBe(200);
});

test.each([
  "v1,whsec_Zmlyc3QtZmlyc3Q=|v1,whsec_c2Vjb25kLXNlY29uZA==",
  "'v1,whsec_Zmlyc3QtZmlyc3Q=|v1,whsec_c2Vjb25kLXNlY29uZA=='",
  '"whsec_Zmlyc3QtZmlyc3Q=", "whsec_c2Vjb25kLXNlY29uZA=="',
  "whsec_Zmlyc3QtZmlyc3Q=|whsec_c2Vjb25kLXNlY29uZA==",
])("Both secrets of the setting %s work", (setting) => {
  process.env.TEST_ONLY_SECRETS = setting;
  expect(secretsFrom("TEST_ONLY_SECRETS")).toEqual(["whsec_Zmlyc3QtZmlyc3Q=", "whsec_c2Vjb25kLXNlY29uZA=="]);
  process.env.TEST_ONLY_SECRETS = "a-token|with-a-bar";
  expect(secretsFrom("TEST_ONLY_SECRETS")).toEqual(["a-token|with-a-bar"]);
});

describe("The settings of a source", () => {
  test.each([
    ["shopify", { shop: "https://Alder-Outfitters.myshopify.com/" }, { shop: FIXTURE_SHOP }],
    ["shopify", { shop: "https://admin.shopify.com/store/alder-outfitters/orders" }, { shop: FIXTURE_SHOP }],
    ["shopify", { shop: "alder-outfitters", topic: "ORDERS_UPDATED" }, { shop: FIXTURE_SHOP, topic: "orders/updated" }],
    ["shopify", { topic: "INVENTORY_LEVELS_UPDATE" }, { topic: "inventory_levels/update" }],
    ["shopify", { topic: "customers_data_request", shop: "" }, { topic: "customers/data_request" }],
    ["heyreach", { event_type: "Message reply received" }, { event_type: "message_reply_received" }],
    ["mitto", { id_field: '"MsgRef"', status_field: "{State}" }, { id_field: "MsgRef", status_field: "State" }],
  ])("of %s, as people type them, are read into what is compared: %j", async (provider, settings, expected) => {
    expect((await createSource({ provider, name: "x", settings }, admin)).settings).toEqual(expected);
  });

  test.each([
    ["shopify", { shop: "shop.alder.example" }, "shop"],
    ["shopify", { topic: "everything" }, "topic"],
    ["heyreach", { event_type: "a, b" }, "event_type"],
    ["mitto", { id_field: "two words" }, "id_field"],
  ])("of %s are refused with their field when nothing can be meant: %j", async (provider, settings, setting) => {
    const refused = { code: "bad_setting", data: { setting } };
    await expect(createSource({ provider, name: "x", settings }, admin)).rejects.toMatchObject(refused);
  });

  test("that were saved before they were checked work, too", async () => {
    const path = await urlOf("shopify", { organisation_id: "acme" });
    await desk.sql`update sources set settings = ${desk.sql.json({ shop: `https://${FIXTURE_SHOP}/`, topic: "ORDERS_UPDATED" })}
      where id = (select max(id) from sources)`;
    const { forgetSources } = await import("@/lib/pipeline/source-tokens");
    forgetSources();
    const request = requestOf("shopify", shopifyBody(), { topic: "orders/updated", id: "saved-1" });
    expect((await accept({ ...request, path })).status).toBe(200);
  });
});

test("A replay's query says the organisation as its body does, and nothing in it is ignored", async () => {
  const read = (query: string, body: unknown = {}) =>
    readReplayRequest(new Request(`http://desk.test/x${query}`, { method: "POST", body: JSON.stringify(body) }));
  expect(await read("?org_id=zebra", { reason: "x" })).toEqual({ org_id: "zebra", reason: "x" });
  expect(await read("?organisation_id=")).toEqual({ organisation_id: null });
  await expect(read("?org_id=zebra", { org_id: "aardvark" })).rejects.toMatchObject({ init: { field: "org_id" } });
  for (const path of ["webhooks/replay-query", "webhooks/dlq", "admin/webhooks/bulk-replay"]) {
    const request = new Request(`http://desk.test/api/${path}?orgid=zebra`, { method: "POST" });
    const operation = operationOfRequest(request) as Operation;
    const refuse = () => refuseUnknownParameters(operation, new URL(request.url).searchParams);
    expect(refuse).toThrow(expect.objectContaining({ init: expect.objectContaining({ status: 400, field: "orgid" }) }));
  }
});

test("A data request ends with the person's rows and events as one file, and with no one else's", async () => {
  const noah = { customer: "7731940223158", order: "5920184410358", email: "noah.whitfield@example.com" };
  const ida = {
    customer: "7731940223999",
    order: "5920184410999",
    email: "ida.berg@example.com",
    phone: "+4915123456789",
  };
  const path = await urlOf("shopify", { organisation_id: "acme" });
  for (const who of [noah, ida]) {
    const request = requestOf("shopify", shopifyBody(who), { topic: "orders/create", at: FIXTURE_TIME });
    expect((await accept({ ...request, path })).status).toBe(200);
  }
  const asked = shopifyBody({ topic: "customers/data_request", ...noah });
  const id = `we_${eventIdIn(await send("shopify", asked, { topic: "customers/data_request", at: FIXTURE_TIME + 60 }))}`;
  await workUntilIdle();
  let taken: unknown;
  const file = exportPerson(await findPerson(id, EVERYTHING), EVERYTHING, async (what) => {
    taken = what;
  });
  const text = await new Response(file).text();
  const { request, rows, events } = JSON.parse(text);
  expect(request).toMatchObject({ kind: "customers/data_request", customer_id: noah.customer });
  expect(rows.orders).toMatchObject([{ order_id: noah.order, email: noah.email, organisation_id: "acme" }]);
  expect(events.map((event: { event_type: string }) => event.event_type)).toEqual([
    "orders/create",
    "customers/data_request",
  ]);
  expect(text).not.toContain(ida.email);
  expect(taken).toMatchObject({ rows: 3, complete: true });
  // Who is limited to another organisation gets nothing of it.
  await expect(findPerson(id, { organisations: ["other"] })).rejects.toMatchObject({ code: "no_such_event" });
});
