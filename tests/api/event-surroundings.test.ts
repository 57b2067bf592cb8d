/** What the event page loads next to the event: neighbours in a filter, related events, and the bytes as a download. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventDetail } from "@/lib/contract/api/event-answers";
import { eventNeighbours, relatedEvents } from "@/lib/contract/api/related-events";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { requestOf, sign } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let token: string;
let ask: Ask;

beforeAll(async () => {
  app = await openApp();
  token = await tokenFor("viewer");
  ask = asker(app.url, token);
}, 300_000);

afterAll(() => app?.close());

/** Sends a really signed event that no destination wants, so that nothing moves. Returns its id. */
async function stored(body: Buffer | string, id: string): Promise<string> {
  const bytes = Buffer.from(body);
  const headers = sign("standard", bytes, { id }) as [string, string][];
  const response = await fetch(`${app.url}/api/webhooks/standard`, {
    method: "POST",
    headers,
    body: new Uint8Array(bytes),
  });
  return ((await response.json()) as { event_id: string }).event_id;
}

test("the bytes are a download that no browser takes for a page [S41] [C11]", async () => {
  const body = '<script>alert(1)</script>\u0000\r\n{"big": 9007199254740993}';
  const id = await stored(body, "msg_page");
  const response = await fetch(`${app.url}/api/webhooks/events/${id}/body`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(body))).toBe(true);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="${id}.bin"`,
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
  });
  const detail = (await ask("GET", `/api/webhooks/events/${id}`)).body;
  expect(eventDetail.parse(detail)).toEqual(detail);
  expect(detail.body_covered).toBe(false);
});

test("neighbours keep to the filter, and a wrong one names its field", async () => {
  const [first, middle, last] = [
    await stored('{"type":"a.one","data":{"id":"o1"}}', "msg_1"),
    await stored('{"type":"a.two","data":{"id":"o1"}}', "msg_2"),
    await stored('{"type":"a.one","data":{"id":"o2"}}', "msg_3"),
  ];
  const near = await ask("GET", `/api/webhooks/events/${middle}/neighbours`);
  expect(eventNeighbours.parse(near.body)).toEqual({ newer: last, older: first });
  const far = await ask("GET", `/api/webhooks/events/${last}/neighbours?event_type=a.one`);
  expect(far.body).toEqual({ newer: null, older: first });
  const wrong = await ask("GET", `/api/webhooks/events/${last}/neighbours?status=broken`);
  expect([wrong.status, wrong.body.field]).toEqual([400, "status"]);

  const related = await ask("GET", `/api/webhooks/events/${first}/related`);
  expect(relatedEvents.parse(related.body)).toEqual(related.body);
  expect(related.body.events.map((event: { id: string; is_newer: boolean }) => [event.id, event.is_newer])).toEqual([
    [middle, true],
    [first, false],
  ]);
});

test("who marked an event as handled stands in it, with the reason", async () => {
  const id = await stored('{"type":"a.dead","data":{}}', "msg_dead");
  await app.sql`update events set status = 'dead' where id = ${id.slice(3)}`;
  const support = asker(app.url, await tokenFor("support"));
  const resolved = await support("POST", "/api/webhooks/events/resolve", { event_ids: [id], reason: "done by hand" });
  expect(resolved.body).toMatchObject({ resolved: 1 });
  const detail = (await ask("GET", `/api/webhooks/events/${id}`)).body;
  expect(eventDetail.parse(detail)).toEqual(detail);
  expect(detail.resolutions).toMatchObject([{ reason: "done by hand" }]);
});

test("of an event that is not there nothing is said", async () => {
  for (const part of ["body", "neighbours", "related"]) {
    for (const id of ["we_999999", "nobody"]) {
      expect((await ask("GET", `/api/webhooks/events/${id}/${part}`)).status).toBe(404);
    }
  }
});

test("a data request ends with a file for the person, for administrators alone, and the audit log says so", async () => {
  const body = shopifyBody({ topic: "customers/data_request", customer: "7731940223158", email: "noah@example.com" });
  const { path, headers, body: bytes } = requestOf("shopify", body, { topic: "customers/data_request" });
  const sent = await fetch(`${app.url}${path}`, {
    method: "POST",
    headers: headers as [string, string][],
    body: new Uint8Array(bytes),
  });
  const { event_id: id } = (await sent.json()) as { event_id: string };
  const isDone = async () => (await ask("GET", `/api/webhooks/events/${id}`)).body.status === "processed";
  await until("the request is processed", isDone);

  const address = `${app.url}/api/webhooks/events/${id}/person`;
  const as = async (role: "support" | "super_admin") =>
    fetch(address, { headers: { authorization: `Bearer ${await tokenFor(role)}` } });
  expect((await as("support")).status).toBe(403);
  const file = await as("super_admin");
  expect([file.status, file.headers.get("content-disposition")]).toEqual([
    200,
    `attachment; filename="person-${id}.json"`,
  ]);
  expect(await file.json()).toMatchObject({
    request: { kind: "customers/data_request", customer_id: "7731940223158" },
    events: [{ event_type: "customers/data_request" }],
  });
  const isLogged = async () =>
    (await app.sql`select from staff_actions where action = 'person.export' and subject = ${id}`).length === 1;
  await until("it is in the audit log", isLogged);
});
