/** What reaches an endpoint besides the bytes, and how its answers are read. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { accept } from "@/lib/pipeline/accept";
import type { RawRequest } from "@/lib/providers/provider";
import { requestOf, sign, TEST_SECRETS } from "../fixtures/sign";
import { type Desk, eventIdIn, openDesk, workUntilIdle } from "../support/desk";
import { addDestination } from "../support/endpoint";
import { startListener } from "../support/heard";

let desk: Desk;
let listener: Awaited<ReturnType<typeof startListener>>;

beforeAll(async () => {
  listener = await startListener();
  desk = await openDesk();
  for (const slug of ["standard", "mitto", "shopify", "telnyx", "smartlead"]) {
    await addDestination(desk.sql, slug, listener.url, { max_attempts: 3 });
  }
});
afterAll(async () => {
  await listener.close();
  await desk.close();
});
beforeEach(() => {
  listener.heard.length = 0;
});

const event = async (id: number) => {
  const [row] = await desk.sql`
    select event_type, object_id, parse_status, payload, status, livemode, content_type, occurred_at from events where id = ${id}`;
  return row;
};

/** Sends it, delivers everything, and returns the event's id and what the endpoint heard. */
async function through(request: RawRequest) {
  const answer = await accept(request);
  expect(answer.status).toBe(200);
  await workUntilIdle();
  return { id: eventIdIn(answer), heard: listener.heard };
}

const withHeaders = (request: RawRequest, headers: [string, string][]) => ({
  ...request,
  headers: [...request.headers, ...headers],
});

test("A gzip body is forwarded with its content-encoding and has its type: it came without, and as unknown", async () => {
  const body = gzipSync(JSON.stringify({ type: "order.paid", data: { id: "ord_gz" } }));
  const headers: [string, string][] = [...sign("standard", body, { id: "msg_gz" })] as [string, string][];
  const { id, heard } = await through({
    method: "POST",
    path: "/api/webhooks/standard",
    headers: [...headers, ["Content-Encoding", "gzip"]],
    body,
  });
  expect(await event(id)).toMatchObject({
    event_type: "order.paid",
    object_id: "ord_gz",
    payload: { type: "order.paid" },
  });
  expect(heard[0]?.headers["content-encoding"]).toBe("gzip");
  expect(heard[0]?.body.equals(body)).toBe(true);
});

test("A gzip body that unfolds to more than is read is stored as it came, without filling the memory", async () => {
  const body = gzipSync(Buffer.alloc(60 * 1024 * 1024, " "));
  const headers = [...sign("standard", body, { id: "msg_bomb" })] as [string, string][];
  const { id } = await through({
    method: "POST",
    path: "/api/webhooks/standard",
    headers: [...headers, ["Content-Encoding", "gzip"]],
    body,
  });
  expect(await event(id)).toMatchObject({ event_type: "unknown", parse_status: "invalid_utf8" });
});

test("A secret in a compressed body is found for the check, and masked where the body is shown", async () => {
  const text = JSON.stringify({
    event_type: "EMAIL_OPEN",
    secret_key: TEST_SECRETS.smartlead,
    sl_lead_email: "a@b.example",
  });
  const { id } = await through({
    method: "POST",
    path: "/api/webhooks/smartlead",
    headers: [
      ["Content-Type", "application/json"],
      ["Content-Encoding", "gzip"],
    ],
    body: gzipSync(text),
  });
  const { getEvent } = await import("@/lib/queries/events");
  const { EVERYTHING } = await import("@/lib/scope");
  const shown = await getEvent(`we_${id}`, EVERYTHING);
  const all = [shown?.body_base64, shown?.content_base64].map((part) => Buffer.from(part ?? "", "base64").toString());
  expect(all.join()).toContain("EMAIL_OPEN");
  expect(all.join()).not.toContain(TEST_SECRETS.smartlead);
});

test("A report that came with GET is forwarded as the JSON that was made of it, not as octet-stream", async () => {
  const path = `/api/webhooks/mitto/${TEST_SECRETS.mitto}?msgid=get-1&status=DELIVERED&errorcode=0`;
  const { heard } = await through({ method: "GET", path, headers: [], body: Buffer.alloc(0) });
  expect(heard[0]?.headers["content-type"]).toBe("application/json");
  expect(JSON.parse(String(heard[0]?.body))).toMatchObject({ msgid: "get-1" });
});

test("The sender's own id and the trace reach the endpoint, next to ours", async () => {
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const request = requestOf("standard", { type: "order.paid", data: {} }, { id: "msg_named" });
  const { id, heard } = await through(
    withHeaders(request, [
      ["traceparent", trace],
      ["tracestate", "shop=1"],
    ]),
  );
  const headers = heard[0]?.headers ?? {};
  expect(headers["webhook-id"]).toBe(`we_${id}`);
  expect(headers["x-redrive-original-webhook-id"]).toBe("msg_named");
  expect([headers.traceparent, headers.tracestate]).toEqual([trace, "shop=1"]);
  expect(JSON.stringify(headers)).not.toContain("x-redrive-original-webhook-signature");
});

test("An update and a deletion of newer Shopify events differ at the endpoint, and have their object from the header", async () => {
  const body = Buffer.from("{}");
  const [[, signature]] = [...sign("shopify", body)].filter(([name]) => /hmac/i.test(name)) as [[string, string]];
  const headers: [string, string][] = [
    ["shopify-hmac-sha256", signature],
    ["shopify-topic", "Product"],
    ["shopify-action", "delete"],
    ["shopify-resource-id", "gid://shopify/Product/8123"],
    ["shopify-shop-domain", "alder.myshopify.com"],
    ["shopify-event-id", "newer-1"],
    ["shopify-test", "true"],
    ["shopify-sub-topic", "catalog"],
    ["shopify-name", "stock"],
  ];
  const { id, heard } = await through({ method: "POST", path: "/api/webhooks/shopify", headers, body });
  expect(await event(id)).toMatchObject({ event_type: "Product/delete", object_id: "product:8123", livemode: false });
  const passed = heard[0]?.headers ?? {};
  for (const [name, value] of headers.slice(1)) expect(passed[name]).toBe(value);
  expect(passed["shopify-hmac-sha256"]).toBeUndefined();
});

test.each([408, 425])("An endpoint's %i is tried again: it died at once", async (status) => {
  listener.statuses.push(status);
  const { id, heard } = await through(requestOf("standard", { type: "again", data: {} }, { id: `msg_${status}` }));
  expect(heard).toHaveLength(2);
  expect(await event(id)).toMatchObject({ status: "processed" });
});

test("A TeXML callback has a type, its call and its time", async () => {
  const form =
    "AccountSid=acc-7&CallSid=v3%3Acall-7&CallStatus=Completed&Timestamp=Sun%2C+29+Nov+2026+13%3A08%3A04+%2B0000";
  const request = requestOf("telnyx", Buffer.from(form));
  const headers = request.headers.map(([name, value]): [string, string] =>
    /content-type/i.test(name) ? [name, "application/x-www-form-urlencoded; charset=utf-8"] : [name, value],
  );
  const { id, heard } = await through({ ...request, headers });
  expect(await event(id)).toMatchObject({
    event_type: "texml.call.completed",
    object_id: "v3:call-7",
    occurred_at: new Date("2026-11-29T13:08:04Z"),
  });
  expect(heard[0]?.headers["content-type"]).toContain("application/x-www-form-urlencoded");
});

test("A GET of a voice application is answered by its signature and leaves a trace, where it was a 405 and nothing", async () => {
  const query = "CallSid=v3%3Acall-8&CallStatus=ringing";
  const path = `/api/webhooks/telnyx?${query}`;
  const signed = requestOf("telnyx", Buffer.from(query)).headers.filter(([name]) => !/content-type/i.test(name));
  const { id } = await through({ method: "GET", path, headers: signed, body: Buffer.alloc(0) });
  expect(await event(id)).toMatchObject({ event_type: "texml.call.ringing", object_id: "v3:call-8" });
  // A signature of nothing does not vouch for the query.
  const empty = requestOf("telnyx", Buffer.alloc(0)).headers;
  expect((await accept({ method: "GET", path, headers: empty, body: Buffer.alloc(0) })).status).toBe(400);
  const other = await accept({
    method: "GET",
    path: "/api/webhooks/chatwoot?event=x",
    headers: [],
    body: Buffer.alloc(0),
  });
  expect(other.status).toBe(405);
  const kept = await desk.sql`select provider, detail, convert_from(body, 'UTF8') as body from rejections order by id`;
  expect(kept).toMatchObject([
    { provider: "telnyx", detail: expect.stringContaining("POST"), body: query },
    { provider: "chatwoot", body: "event=x" },
  ]);
});
