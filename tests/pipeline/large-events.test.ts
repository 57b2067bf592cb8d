/** Events above the guard of `payload jsonb`: identified, routed, written to rows and forwarded like any other. */
import { createHash } from "node:crypto";
import http from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHttpServer, type HttpServer } from "@/lib/boot/http";
import { acceptFromNext } from "@/lib/pipeline/accept-from-next";
import { requestOf, sign } from "../fixtures/sign";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { startListener } from "../support/heard";

const KIB = 1024;
const MIB = 1024 * KIB;

let desk: Desk;
let server: HttpServer;
let port: number;
let listener: Awaited<ReturnType<typeof startListener>>;

beforeAll(async () => {
  listener = await startListener();
  desk = await openDesk({ AGENT_SDK_URL: listener.url });
  server = createHttpServer(async (_request, response) => void response.writeHead(404).end());
  port = await server.listen(0);
});
afterAll(async () => {
  await server.drain(1_000);
  await listener.close();
  await desk.close();
});

/** An order with so many lines, each with names that JSON.parse has to look up. */
function order(id: number, lines: number) {
  const line = (n: number) => ({
    id: 99_000 + n,
    title: `Line ${n}`,
    price: "4.20",
    tax_lines: [{ title: "VAT", price: "0.70", price_set: { shop_money: { amount: "0.70", currency_code: "EUR" } } }],
    properties: Array.from({ length: 12 }, (_, p) => ({ name: `mark ${p}`, value: `${n}-${p}` })),
    ...Object.fromEntries(Array.from({ length: 40 }, (_, p) => [`field_${p}`, p])),
  });
  return {
    ...{
      id,
      name: `#${id}`,
      email: "ada@example.org",
      currency: "EUR",
      total_price: "84.00",
      financial_status: "paid",
    },
    ...{ created_at: "2026-11-01T10:00:00Z", updated_at: "2026-11-01T10:00:00Z" },
    customer: { id: 4411, email: "ada@example.org" },
    line_items: Array.from({ length: lines }, (_, n) => line(n)),
  };
}

async function stored(id: number) {
  const [row] = await desk.sql`
    select event_type, object_id, organisation_id, parse_status, payload, status, body_size from events where id = ${id}`;
  return row;
}

test("A Shopify order above 256 KiB with many keys is no longer dead: it has its object, and its row is written", async () => {
  const answer = await send("shopify", order(7_001, 400), { topic: "orders/create", id: "large-order" });
  expect(answer.status).toBe(200);
  await workUntilIdle();
  const event = await stored(eventIdIn(answer));
  expect(event?.body_size).toBeGreaterThan(256 * KIB);
  expect(event).toMatchObject({
    object_id: "order:7001",
    parse_status: "too_large",
    payload: null,
    status: "processed",
  });
  const [row] = await desk.sql`select total_price::text from orders where order_id = '7001'`;
  expect(row?.total_price).toMatch(/^84/);
});

test("A Standard Webhooks event above 256 KiB keeps its type, so the destinations that want it get it", async () => {
  const items = Array.from({ length: 3_000 }, (_, n) => ({ sku: `S${n}`, a: n, b: n, c: n, d: n, e: n, f: n, g: n }));
  const answer = await send(
    "standard",
    { type: "order.created", data: { id: "ord_large", items } },
    { id: "msg_large" },
  );
  expect(await stored(eventIdIn(answer))).toMatchObject({ event_type: "order.created", object_id: "ord_large" });
});

test("A Chatwoot e-mail of 1.3 MB is stored and forwarded whole, with its type, account and conversation", async () => {
  const html = "<p>And another thing about the second invoice.</p>".repeat(9_000);
  const mail = { content_attributes: { email: { html_content: { full: html, reply: html, quoted: html } } } };
  const event = {
    ...{ event: "message_created", id: 51, message_type: "incoming", account: { id: 8 }, inbox: { id: 2 }, ...mail },
    conversation: { id: 61 },
    created_at: "2026-11-01T10:00:00Z",
  };
  const request = requestOf("chatwoot", event);
  expect(request.body.length).toBeGreaterThan(MIB);
  const { status, body } = await post("/api/webhooks/chatwoot", request.headers, request.body);
  expect(status).toBe(200);
  await workUntilIdle();
  const id = Number(JSON.parse(body).event_id.slice(3));
  expect(await stored(id)).toMatchObject({
    event_type: "message_created",
    organisation_id: "8",
    object_id: "conversation:8:61",
  });
  expect(listener.heard.some((one) => one.body.equals(request.body))).toBe(true);
});

test.each(["through server.ts", "through the App Router"])(
  "A body over the limit leaves its size, hash, headers and first 64 KiB, where 0 bytes were kept: %s",
  async (way) => {
    const body = Buffer.from(`{"way":"${way}","text":"${"x".repeat(10 * MIB)}"}`);
    const headers = [...sign("shopify", body, { topic: "products/update" }), ["x-note", way] as const];
    const status = await (way === "through server.ts"
      ? post("/api/webhooks/shopify", headers, body).then((answer) => answer.status)
      : acceptFromNext(
          new Request("http://localhost/api/webhooks/shopify", {
            method: "POST",
            body: new Uint8Array(body),
            headers: [...headers.map(([name, value]) => [name, value] as [string, string])],
          }),
        ).then((answer) => answer.status));
    expect(status).toBe(413);
    const [row] = await desk.sql`
      select body, body_size::int, body_read, encode(body_sha256, 'hex') as hash, headers from rejections
      where reason = 'too_large' order by id desc limit 1`;
    expect(row?.body).toEqual(body.subarray(0, 64 * KIB));
    expect(row?.body_size).toBeGreaterThanOrEqual(way === "through server.ts" ? body.length : 10 * MIB);
    const hash = createHash("sha256").update(body.subarray(0, row?.body_read)).digest("hex");
    expect(row?.hash).toBe(hash);
    expect(JSON.stringify(row?.headers)).toContain(way);
  },
);

test("The page of a large event gets its beginning and says so, and the download has every byte", async () => {
  const { getEvent } = await import("@/lib/queries/events");
  const { readEventBody } = await import("@/lib/queries/event-context");
  const { EVERYTHING } = await import("@/lib/scope");
  const request = requestOf(
    "standard",
    { type: "big.one", data: { id: "b1", text: "y".repeat(3 * MIB) } },
    { id: "msg_b1" },
  );
  const { accept } = await import("@/lib/pipeline/accept");
  const id = eventIdIn(await accept(request));
  const event = await getEvent(`we_${id}`, EVERYTHING);
  expect(event).toMatchObject({ event_type: "big.one", body_cut: true, body_size: request.body.length });
  expect(Buffer.from(event?.body_base64 ?? "", "base64")).toEqual(request.body.subarray(0, MIB));
  expect((await readEventBody(`we_${id}`, EVERYTHING))?.bytes.equals(request.body)).toBe(true);
});

function post(path: string, headers: Iterable<readonly [string, string]>, body: Buffer) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = http.request(
      {
        port,
        path,
        method: "POST",
        headers: [...headers, ["Content-Length", String(body.length)], ["Host", "localhost"]].flat() as string[],
      },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on("error", () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
