/** Notes, assignees and reopening of events, as callers of the API see them, and tickets that become links. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventDetail } from "@/lib/contract/api/event-answers";
import { assignEventAnswer, eventNote, eventNotes } from "@/lib/contract/api/event-notes";
import { type Ask, asker } from "../support/api";
import { answerInProcess, openApi } from "../support/api-desk";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { deliverAndSettle } from "../support/reconciling";

let desk: Desk;
let ask: Ask;
let endpoint: Endpoint;
let shop: number;

beforeAll(async () => {
  desk = await openDesk();
  ask = await openApi();
  endpoint = await startEndpoint();
  shop = await addDestination(desk.sql, "shop", endpoint.url, { max_attempts: 1 });
  await desk.sql`insert into staff_users (email, name, role, organisations, disabled_at) values
    ('grace@desk.test', 'Grace', 'support', null, null), ('acme@desk.test', 'Acme', 'support', '{acme}', null),
    ('gone@desk.test', 'Gone', 'support', null, now())`;
});
afterAll(async () => {
  await endpoint.close();
  await desk.close();
});

let n = 0;
/** An event that the endpoint answered with this status. */
async function answered(status: number): Promise<string> {
  endpoint.answer(status);
  await desk.sql`delete from destination_health`;
  await publish(desk.sql, "shop", 1, { from: n });
  n += 1;
  await workUntilIdle();
  const [row] = await desk.sql`select max(id)::integer as id from events`;
  return `we_${row?.id}`;
}

const read = async (id: string) => eventDetail.parse((await ask("GET", `/api/webhooks/events/${id}`)).body);
const actionsOf = (id: string) => desk.sql`select action, details from staff_actions where subject = ${id} order by id`;

async function asking(role: string, organisations?: string[]): Promise<Ask> {
  const { issueToken } = await import("@/lib/auth/tokens");
  const { token } = await issueToken({ subject: role, role, expiresIn: "10m", organisations });
  return asker("http://desk.test", token, [], answerInProcess);
}

describe("a note", () => {
  test("is on the event with its writer, in the audit log without its text, and read by who sees the event alone", async () => {
    const id = await answered(200);
    const made = await ask("POST", `/api/webhooks/events/${id}/notes`, { message: "  Merchant called, ABC-123 " });
    expect(made.status).toBe(201);
    expect(eventNote.parse(made.body)).toMatchObject({ message: "Merchant called, ABC-123", actor: "ops" });
    expect((await read(id)).notes).toEqual([made.body]);
    expect(eventNotes.parse((await ask("GET", `/api/webhooks/events/${id}/notes`)).body).notes).toEqual([made.body]);
    expect(JSON.stringify(await actionsOf(id))).not.toContain("Merchant called");
    expect((await actionsOf(id)).map(({ action }) => action)).toEqual(["event.note"]);
    const other = await asking("admin", ["acme"]);
    expect((await other("GET", `/api/webhooks/events/${id}/notes`)).status).toBe(404);
    expect((await other("POST", `/api/webhooks/events/${id}/notes`, { message: "x" })).status).toBe(404);
    expect((await (await asking("viewer"))("POST", `/api/webhooks/events/${id}/notes`, { message: "x" })).status).toBe(
      403,
    );
    for (const message of ["", "  ", "x".repeat(4_001)]) {
      const refused = await ask("POST", `/api/webhooks/events/${id}/notes`, { message });
      expect([refused.status, refused.body.field]).toEqual([400, "message"]);
    }
  });
});

describe("an assignee", () => {
  test("is a member of the staff who sees the event; each change is in the audit log once", async () => {
    const id = await answered(200);
    const assign = (assignee: unknown) => ask("PUT", `/api/webhooks/events/${id}/assignee`, { assignee });
    expect(assignEventAnswer.parse((await assign("Grace@desk.test")).body)).toMatchObject({
      assignee: { assignee: "grace@desk.test", assigned_by: "ops" },
    });
    await assign("grace@desk.test");
    expect((await read(id)).assignee).toMatchObject({ assignee: "grace@desk.test" });
    for (const wrong of ["gone@desk.test", "nobody@desk.test", "acme@desk.test", "me", "x", 7]) {
      const refused = await assign(wrong);
      expect([wrong, refused.status, refused.body.field]).toEqual([wrong, 400, "assignee"]);
    }
    expect((await assign(null)).body).toEqual({ assignee: null });
    expect((await actionsOf(id)).map(({ action, details }) => [action, details])).toEqual([
      ["event.assign", { from: null, to: "grace@desk.test" }],
      ["event.assign", { from: "grace@desk.test", to: null }],
    ]);
    expect((await ask("PUT", "/api/webhooks/events/we_999999/assignee", { assignee: null })).status).toBe(404);
  });
});

describe("reopening", () => {
  test("gives a resolved event the status of its deliveries, which can then be replayed", async () => {
    const id = await answered(500);
    expect((await read(id)).status).toBe("dead");
    const event_ids = [id];
    const early = await ask("POST", "/api/webhooks/events/reopen", { event_ids, reason: "too early" });
    expect([early.status, early.body.title]).toEqual([
      409,
      "None of these events is resolved, so nothing was reopened.",
    ]);
    expect((await ask("POST", "/api/webhooks/events/resolve", { event_ids, reason: "refunded" })).status).toBe(200);
    const done = await ask("POST", "/api/webhooks/events/reopen", { event_ids, reason: "the refund failed" });
    expect([done.status, done.body.reopened, done.body.not_reopened]).toEqual([200, 1, 0]);
    const event = await read(id);
    expect(event).toMatchObject({
      status: "dead",
      last_error_class: "http_5xx",
      resolutions: [{ reason: "refunded" }],
    });
    expect(event.reopenings).toMatchObject([{ actor: "ops", reason: "the refund failed" }]);
    endpoint.answer(200);
    await desk.sql`delete from destination_health`;
    expect((await ask("POST", "/api/webhooks/replays", { reason: "again", selection: { event_ids } })).status).toBe(
      202,
    );
    await deliverAndSettle();
    expect((await read(id)).status).toBe("replayed");
  });

  test("makes a delivery that resolving cancelled a dead letter, and leaves others cancelled", async () => {
    await desk.sql`update destinations set max_attempts = 5, base_delay_ms = 3600000 where id = ${shop}`;
    const id = await answered(500);
    expect((await read(id)).status).toBe("failed");
    const event_ids = [id];
    await ask("POST", "/api/webhooks/events/resolve", { event_ids, reason: "handled" });
    expect((await read(id)).deliveries.map(({ status }) => status)).toEqual(["cancelled"]);
    const archived = await addDestination(desk.sql, "archived", endpoint.url);
    await desk.sql`insert into deliveries (event_id, destination_id, status, finished_at)
      values (${Number(id.slice(3))}, ${archived}, 'cancelled', now() - interval '1 hour')`;
    const done = await ask("POST", "/api/webhooks/events/reopen", {
      event_ids: [...event_ids, "we_999999"],
      reason: "no",
    });
    expect(done.status).toBe(400);
    const again = await ask("POST", "/api/webhooks/events/reopen", {
      event_ids: [id, "we_999999"],
      reason: "not handled",
    });
    expect(again.body).toMatchObject({ reopened: 1, not_reopened: 1 });
    const event = await read(id);
    expect([event.status, event.deliveries.map(({ status }) => status)]).toEqual(["dead", ["dead", "cancelled"]]);
    expect((await ask("GET", "/api/webhooks/dlq")).text).toContain(id);
    await desk.sql`update destinations set max_attempts = 1, base_delay_ms = 20 where id = ${shop}`;
  });

  test("of another organisation's event is refused as if it were not there, and two callers reopen once", async () => {
    const id = await answered(500);
    const event_ids = [id];
    await ask("POST", "/api/webhooks/events/resolve", { event_ids, reason: "handled" });
    const other = await asking("admin", ["acme"]);
    expect((await other("POST", "/api/webhooks/events/reopen", { event_ids, reason: "mine?" })).status).toBe(409);
    const both = await Promise.all(
      [1, 2].map(() => ask("POST", "/api/webhooks/events/reopen", { event_ids, reason: "at once" })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await actionsOf(id)).filter(({ action }) => action === "event.reopen")).toHaveLength(1);
  });
});

describe("an export of a replay", () => {
  test("says why, by whom, when, with which selection and options it ran, and the hash of each event", async () => {
    const id = await answered(500);
    endpoint.answer(200);
    await desk.sql`delete from destination_health`;
    const asked = { reason: "=cmd, ticket ABC-1", selection: { event_ids: [id] } };
    const { replay_id } = (await ask("POST", "/api/webhooks/replays", asked)).body;
    await deliverAndSettle();
    const [stored] =
      await desk.sql`select encode(body_sha256, 'hex') as hash from events where id = ${Number(id.slice(3))}`;
    const { issueToken } = await import("@/lib/auth/tokens");
    const { token } = await issueToken({ subject: "ops", role: "viewer", expiresIn: "10m" });
    const headers = { authorization: `Bearer ${token}` };
    const file = await answerInProcess(`http://desk.test/api/webhooks/replays/${replay_id}/export?format=csv`, {
      headers,
    });
    const csv = (await file.text()).split("\r\n");
    expect(csv[0]).toMatch(
      /^"position","event_id",.*"rows_changed","changes","body_sha256","replay_id","reason","actor",/,
    );
    expect(csv[0]).toMatch(/"created_at","started_at","completed_at","selection","options"$/);
    expect(csv[1]).toContain(`"${stored?.hash}","${replay_id}","'=cmd, ticket ABC-1","ops","20`);
    expect(csv[1]).toContain('""event_ids"":');
    const [item] = (await ask("GET", `/api/webhooks/replays/${replay_id}/export?format=json`)).body;
    expect(item).toMatchObject({ position: 1, event_id: id, body_sha256: stored?.hash });
    expect(item.replay).toMatchObject({
      replay_id,
      reason: asked.reason,
      actor: "ops",
      selection: expect.any(Object),
    });
    expect(item.replay).toMatchObject({ options: { canary: 0 }, completed_at: expect.any(String) });
    const taken = (await actionsOf(replay_id)).filter(({ action }) => action === "replay.exported");
    expect(taken.map(({ details }) => details.sha256)).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.anything(),
    ]);
  });
});
