/** Incidents as people open, change and read them: the set is frozen, the counts add up, and every verb is in the log. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askIncident, decideRequest } from "@/lib/commands/incident-requests";
import { changeIncident, growIncident, noteIncident, openIncident } from "@/lib/commands/incidents";
import { incidentItemPage, incidentLogPage } from "@/lib/contract/api/incident-items";
import { incident, incidentPage } from "@/lib/contract/api/incidents";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { listIncidentItems, listIncidentLog, listIncidents, requireIncident } from "@/lib/queries/incidents";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { lastHours } from "../support/reconciling";

const outage = { title: "Shop was down", cause: "The endpoint answered 500", severity: "P1" as const };
/** Events come while the test runs. */
const span = () => ({ ...lastHours(2), to_ts: new Date(Date.now() + 60_000).toISOString() });
const support = { ...ada, actor: { ...ada.actor, id: "staff-2", name: "Sam", role: "support" as const } };

let desk: Desk;
let endpoint: Endpoint;
beforeAll(async () => {
  desk = await openDesk();
  endpoint = await startEndpoint();
  endpoint.answer(422);
  await addDestination(desk.sql, "shop", endpoint.url, { max_attempts: 1 });
  await desk.sql`insert into staff_users (email, name, role) values ('grace@example.com', 'Grace', 'support')`;
});
afterAll(async () => {
  await endpoint.close();
  await desk.close();
});
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts`;
});

const open = (more: object = {}) =>
  openIncident(
    { ...outage, ...span(), selection: { filter: {} }, ...more } as Parameters<typeof openIncident>[0],
    support,
  );
const pageOfItems = (id: string) => listIncidentItems(id, { limit: 100 }, EVERYTHING);

describe("an incident", () => {
  test("is opened from a filter, freezes what matched, and says what is wrong with each", async () => {
    await publish(desk.sql, "shop", 2);
    const delivered = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    await workUntilIdle();
    const id = await open();
    await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));

    const found = incident.parse(await requireIncident(id, EVERYTHING));
    expect(found).toMatchObject({
      state: "open",
      actor: "Sam",
      counts: { total: 3, affected: 3, verified: 0 },
      log: [{ kind: "opened", details: { added: 3, total: 3 } }],
      impact: { organisations: [{ counts: { total: 3 } }] },
    });
    expect(found.steps.map(({ step, status }) => [step, status])[0]).toEqual(["find_missing", "pending"]);
    expect(Date.parse(found.respond_by) - Date.parse(found.opened_at)).toBe(15 * 60_000);
    const { items } = incidentItemPage.parse(await pageOfItems(id));
    expect(items.map(({ cause }) => cause).sort()).toEqual(["delivered", "failed", "failed"]);
    expect(items.find(({ cause }) => cause === "delivered")?.event_id).toBe(`we_${delivered}`);
    expect(await desk.sql`select distinct action from staff_actions where subject = ${id}`).toEqual([
      { action: "incident.open" },
    ]);
  });

  test("is changed, noted in and given an owner, which stops its clock; all of it is in the log", async () => {
    const id = await open();
    await changeIncident(id, { severity: "P0", owner: "grace@example.com" }, support);
    await noteIncident(id, { message: "See OPS-12" }, support);
    await expect(changeIncident(id, { owner: "nobody@example.com" }, support)).rejects.toMatchObject({
      code: "no_such_owner",
    });
    const found = await requireIncident(id, EVERYTHING);
    expect(found).toMatchObject({ severity: "P0", owner: "grace@example.com", responded_at: expect.any(String) });
    const { entries } = incidentLogPage.parse(await listIncidentLog(id, { limit: 100 }, EVERYTHING));
    expect(entries).toMatchObject([
      { kind: "note", message: "See OPS-12", actor: "Sam" },
      {
        kind: "changed",
        details: { before: { severity: "P1", owner: null }, after: { severity: "P0", owner: "grace@example.com" } },
      },
      { kind: "opened" },
    ]);
    const page = incidentPage.parse(await listIncidents({ severity: ["P0"], limit: 10 }, EVERYTHING));
    expect(page.incidents.map((one) => one.id)).toContain(id);
  });

  test("grows by an action that says how many it added, and takes nothing twice", async () => {
    await publish(desk.sql, "shop", 1);
    await workUntilIdle();
    const id = await open();
    for (const n of [1, 2]) await send("stripe", stripeEvent({ id: `evt_grown_${n}`, type: "invoice.payment_failed" }));
    await growIncident(id, { selection: { filter: {} }, reason: "Two more came" } as never, ada);
    const found = await requireIncident(id, EVERYTHING);
    expect(found.counts.total).toBe(3);
    expect(found.log[0]).toMatchObject({ kind: "grown", details: { added: 2, total: 3, reason: "Two more came" } });
  });

  test("of more events than INCIDENT_MAX_ITEMS is refused with the numbers", async () => {
    await publish(desk.sql, "shop", 3);
    process.env.INCIDENT_MAX_ITEMS = "2";
    await expect(open()).rejects.toMatchObject({ code: "incident_too_large", data: { matched: 3, limit: 2 } });
    delete process.env.INCIDENT_MAX_ITEMS;
  });

  test("is seen by those alone who see all of its events' organisations, and opened about no others' events", async () => {
    await desk.sql`update destinations set organisation_id = null where slug = 'shop'`;
    await publish(desk.sql, "shop", 2);
    await desk.sql`update events set organisation_id = case when id = (select min(id) from events) then 'acme' else 'zebra' end`;
    const both = await open();
    const acme = { ...support, actor: { ...support.actor, organisations: ["acme"] } };
    await expect(requireIncident(both, acme.actor)).rejects.toMatchObject({ code: "no_such_incident" });
    const own = await openIncident({ ...outage, ...span(), selection: { filter: {} } } as never, acme);
    expect(await requireIncident(own, acme.actor)).toMatchObject({ organisations: ["acme"], counts: { total: 1 } });
    await expect(requireIncident(own, { organisations: ["zebra"] })).rejects.toMatchObject({
      code: "no_such_incident",
    });
  });
});

describe("a request", () => {
  test("of support is approved by an administrator, done in their name, and logged with both names", async () => {
    const id = await open();
    const input = { selection: { filter: {} }, reason: "What came since" };
    const request = await askIncident(id, { action: "grow", input, reason: "I may not" }, support);
    await publish(desk.sql, "shop", 1);
    await decideRequest(id, request, { approve: true, reason: "Fine" }, ada);
    const found = await requireIncident(id, EVERYTHING);
    expect(found.counts.total).toBe(1);
    expect(found.requests).toMatchObject([{ id: request, actor: "Sam", is_approved: true, decided_by: "Ada" }]);
    expect(found.log.slice(0, 3)).toMatchObject([
      { kind: "approved", actor: "Ada", message: expect.stringContaining("Ada approved what Sam asked for") },
      { kind: "grown", actor: "Ada" },
      { kind: "requested", actor: "Sam" },
    ]);
    await expect(decideRequest(id, request, { approve: false, reason: "No" }, ada)).rejects.toMatchObject({
      code: "incident_request_decided",
    });
  });
});
