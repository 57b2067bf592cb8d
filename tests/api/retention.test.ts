/** Retention over the API: who may change it, what has to be confirmed, and what is said of bytes that are gone. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { asker } from "../support/api";
import { tokenFor } from "../support/processes";
import { deadEvents, ONE_TRY } from "../support/replay-story";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let ask: ReturnType<typeof asker>;
let old: string;

beforeAll(async () => {
  app = await openApp(ONE_TRY);
  ask = asker(app.url, await tokenFor("super_admin"));
  [old] = (await deadEvents(app, { count: 2 })) as [string, string];
  await app.sql`update events set received_at = received_at - interval '20 days' where id = ${Number(old.slice(3))}`;
  await app.sql`update deliveries set status = 'cancelled' where event_id = ${Number(old.slice(3))}`;
}, 300_000);
afterAll(() => app?.close());

const change = (body: object) => ask("PATCH", "/api/retention", body);
// biome-ignore lint/suspicious/noExplicitAny: JSON as a caller sees it
const ofClass = (body: any, name: string) => body.classes.find((one: { class: string }) => one.class === name);

test("everything is kept for ever at first, with partitions ready for what comes", async () => {
  const { status, body } = await ask("GET", "/api/retention");
  expect(status).toBe(200);
  expect(body.classes.map((one: { class: string }) => one.class)).toEqual([
    ...["bodies", "readable", "answers", "events", "audit"],
  ]);
  expect(
    body.classes.every((one: { days: unknown; next_at: unknown }) => one.days === null && one.next_at === null),
  ).toBe(true);
  expect(body).toMatchObject({ exports: false, problem: null, forgotten: [] });
  expect(body.partitions.ahead).toBeGreaterThanOrEqual(2);
});

test("fewer days are confirmed first, with how much is older; more are not, and each change is in the audit log", async () => {
  const asked = await change({ class: "bodies", days: 10 });
  expect([asked.status, asked.body.field, asked.body.rows]).toEqual([409, "confirmed", 1]);
  expect(asked.body.title).toBe("1 row is older.");
  expect(ofClass((await ask("GET", "/api/retention")).body, "bodies").days).toBeNull();
  const saved = await change({ class: "bodies", days: 10, confirmed: true });
  expect([saved.status, ofClass(saved.body, "bodies").days]).toEqual([200, 10]);
  expect(ofClass(saved.body, "bodies").next_at).toMatch(/^20/);
  expect((await change({ class: "bodies", days: 15 })).status).toBe(200);
  const { body } = await ask("GET", "/api/audit?action=retention.change");
  expect(body.actions.map(({ details }: { details: object }) => details)).toEqual([
    { class: "bodies", days_before: 10, days: 15 },
    { class: "bodies", days: 10 },
  ]);
});

test("an organisation has its own days of bytes, and gives them up", async () => {
  const own = await change({ class: "bodies", org_id: "acme", days: 30 });
  expect(ofClass(own.body, "bodies").organisations).toEqual([{ organisation_id: "acme", days: 30 }]);
  expect((await change({ class: "bodies", org_id: "acme", inherit: true })).status).toBe(409);
  const given = await change({ class: "bodies", org_id: "acme", inherit: true, confirmed: true });
  expect(ofClass(given.body, "bodies").organisations).toEqual([]);
});

test.each([
  [{ class: "bodies" }, "days"],
  [{ class: "bodies", days: 0 }, "days"],
  [{ class: "bodies", days: 36_501 }, "days"],
  [{ class: "bodies", days: 3, inherit: true }, "days"],
  [{ class: "bodies", inherit: true }, "days"],
  [{ class: "events", days: 3, org_id: "acme" }, "org_id"],
  [{ class: "audit", days: 89, confirmed: true }, "days"],
  [{ class: "everything", days: 3 }, "class"],
  [{ class: "bodies", days: 3, horizon: 4 }, "horizon"],
])("%j is rejected at %s", async (body, field) => {
  const { status, body: problem } = await change(body);
  expect([status, problem.field]).toEqual([400, field]);
});

test("bytes that are gone: the event says so, the download and a replay are refused with the day and the days", async () => {
  const id = Number(old.slice(3));
  const [gone] = await app.sql`select forget_rows('bodies', array[${id}]::bigint[], null) as answer`;
  expect(gone?.answer).toEqual({ result: "done", rows: 1 });
  const { body: event } = await ask("GET", `/api/webhooks/events/${old}`);
  expect(event).toMatchObject({ body_base64: "", body_forgotten: { days: 15, at: expect.any(String) } });
  const says = /^The bytes were deleted on \d{1,2} \w{3,4} 20\d\d under the retention of 15 days\.$/;
  for (const [method, path, body] of [
    ["GET", `/api/webhooks/events/${old}/body`, undefined],
    ["POST", "/api/webhooks/replays", { selection: { event_ids: [old] }, reason: "again" }],
  ] as const) {
    const answer = await ask(method, path, body);
    expect([answer.status, answer.body.title]).toEqual([410, expect.stringMatching(says)]);
  }
  const { body } = await ask("GET", "/api/retention");
  expect(body.forgotten).toEqual([{ class: "bodies", days: 15, rows: 1, file: null, at: expect.any(String) }]);
});
