/**
 * Ten wrong ways out of an incident, and from the side: each is refused, with a reason. By the commands of the API, and by SQL
 * of the owner of the tables, where somebody could try it so.
 * Long because it tries every wrong way on one incident.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { problemOf } from "@/app/api/problems";
import { askIncident, decideRequest } from "@/lib/commands/incident-requests";
import {
  acceptIncidentItems,
  closeIncident,
  growIncident,
  openIncident,
  recoverIncident,
  reopenIncident,
  verifyIncident,
} from "@/lib/commands/incidents";
import { acceptIncidentRequest, endIncidentRequest } from "@/lib/contract/api/incident-requests";
import { numberInId } from "@/lib/contract/ids";
import { findProvider } from "@/lib/providers";
import type { Provider } from "@/lib/providers/provider";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { listIncidentItems, requireIncident } from "@/lib/queries/incidents";
import { isRefusal, Refusal } from "@/lib/refusals";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { type Endpoint, startEndpoint } from "../support/endpoint";
import { installApi, type LogProvider, logApi, startLogProvider } from "../support/log-provider";
import { lastHours } from "../support/reconciling";
import { stepOf, workOnIncidents } from "../support/recovering";

const NOW = Math.floor(Date.now() / 1000);
const reason = "The shop was down";
const support = { ...ada, actor: { ...ada.actor, id: "staff-2", name: "Sam", role: "support" as const } };

let desk: Desk;
let provider: LogProvider;
let endpoint: Endpoint;
let id: string;
let number: number;
beforeAll(async () => {
  desk = await openDesk();
  endpoint = await startEndpoint();
  provider = await startLogProvider();
  installApi(findProvider("stripe") as Provider, logApi, provider);
  await desk.sql`
    insert into destinations (slug, name, kind, managed, providers, url, base_delay_ms, max_attempts)
    values ('shop', 'Shop', 'http', true, '{stripe}', ${endpoint.url}, 20, 1)`;
});
afterAll(async () => {
  await provider.close();
  await endpoint.close();
  await desk.close();
});
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts`;
  provider.misbehave = () => false;
  provider.events = [0, 1, 2].map((n) => {
    const created = NOW - 1200 - n * 60;
    const body = stripeEvent({ id: `evt_${n}`, created, subscription: `sub_${n}`, customer: `cus_${n}` });
    return { id: body.id, type: body.type, created, body };
  });
  endpoint.answer(422);
  for (const { body } of provider.events) await send("stripe", body);
  await workUntilIdle();
  id = await openIncident(
    {
      ...{ title: "Shop was down", cause: "It answered 422", severity: "P1", ...lastHours(3) },
      to_ts: new Date(Date.now() + 60_000).toISOString(),
      selection: { filter: { provider_slug: ["stripe"] } },
    } as Parameters<typeof openIncident>[0],
    support,
  );
  number = numberInId(id);
});

/** Recovers it while the endpoint answers as `status` says. */
async function recoverWith(status: number): Promise<void> {
  endpoint.answer(status);
  await recoverIncident(
    id,
    { reason, until: "end", pause_seconds: 0, options: { stopOnFailureRate: 1 } } as never,
    ada,
  );
  await workOnIncidents(desk.sql);
}

/** The refusal as a caller of the API reads it. */
async function problem(doing: Promise<unknown>) {
  const error = await doing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error(`It was not refused: ${error}`);
  const { status, title, detail } = problemOf(error);
  expect(title.length * Number(detail?.length), "title and detail say why").toBeGreaterThan(0);
  return { code: error.code, status, said: `${title} ${detail}` };
}

const stateOf = async () => (await requireIncident(id, EVERYTHING)).state;
const items = async () => (await listIncidentItems(id, { limit: 100 }, EVERYTHING)).items;

describe("a wrong way out is refused with a reason", () => {
  test("1. closing with one event missing, by the API and by SQL", async () => {
    endpoint.answer((body) => ((body as unknown as { id: string }).id === "evt_1" ? 422 : 200));
    await recoverIncident(id, { reason, until: "end", options: { stopOnFailureRate: 1 } } as never, ada);
    await workOnIncidents(desk.sql);
    expect((await requireIncident(id, EVERYTHING)).counts).toMatchObject({ verified: 2, still_missing: 1 });
    const refused = await problem(closeIncident(id, { reason }, ada));
    expect(refused).toMatchObject({ code: "incident_not_done", status: 409 });
    expect(refused.said).toContain("1 are still missing");
    await expect(
      desk.sql`update incidents set state = 'closed', closed_at = now_() where id = ${number}`,
    ).rejects.toThrow("incidents_close_at_zero");
    await expect(
      desk.sql`update incidents set still_missing = 0, verified = 3, state = 'closed', closed_at = now_() where id = ${number}`,
    ).rejects.toThrow("The counts of incident");
    expect(await stateOf()).toBe("verifying");
  });

  test("2. accepting without a name, without a reason, or what may still be recovered", async () => {
    expect(endIncidentRequest.safeParse({ reason: " " }).success).toBe(false);
    expect(acceptIncidentRequest.safeParse({ all: true }).success).toBe(false);
    expect(await problem(acceptIncidentItems(id, { positions: [1], reason }, ada))).toMatchObject({
      code: "not_acceptable",
      status: 409,
    });
    expect(await problem(acceptIncidentItems(id, { all: true, reason }, support))).toMatchObject({
      code: "incident_needs_administrator",
      status: 403,
    });
    const unnamed = (set: string) =>
      desk.sql.unsafe(`update incident_items set state = 'unrecoverable', ${set} where incident_id = ${number}`);
    await expect(unnamed("accepted_at = now_(), reason = 'x'")).rejects.toThrow("incident_items_accepted_by_name");
    await expect(unnamed("accepted_at = now_(), accepted_by = 'Ada'")).rejects.toThrow(
      "incident_items_exceptions_with_reason",
    );
    await expect(
      desk.sql`update incidents set state = 'closed_with_exceptions', closed_at = now_() where id = ${number}`,
    ).rejects.toThrow();
    expect((await items()).map(({ state }) => state)).toEqual(["affected", "affected", "affected"]);
  });

  test("3. verifying by a status code: 2xx of before the outage, rows that are gone, proof that somebody writes", async () => {
    await recoverWith(200);
    expect(await stateOf()).toBe("closed");
    await reopenIncident(id, { reason }, ada);
    // Every delivery still says 200, and so does every attempt.
    await desk.sql`delete from subscriptions where subscription_id = 'sub_1'`;
    await verifyIncident(id, { with_provider: false }, ada);
    await workOnIncidents(desk.sql);
    expect((await items()).map(({ state }) => state).sort()).toEqual(["still_missing", "verified", "verified"]);
    const wrong = (await items()).find(({ state }) => state === "still_missing");
    expect(wrong?.reason).toContain("are gone");
    const forged = [{ delivery_id: 1, destination: "shop", kind: "endpoint", attempt_id: "wa_1", http_status: 200 }];
    await expect(
      desk.sql`update incident_items set state = 'verified', proof = ${desk.sql.json(forged)}
        where incident_id = ${number} and state = 'still_missing'`,
    ).rejects.toThrow("their targets do not show it");
    await expect(
      desk.sql`update incident_items set state = 'verified' where incident_id = ${number} and state = 'still_missing'`,
    ).rejects.toThrow("incident_items_verified_with_proof");
    // An acknowledgement from before the incident is none of it.
    await desk.sql`update attempts set finished_at = now_() - interval '9 hours' where status = 'succeeded'`;
    await verifyIncident(id, { with_provider: false }, ada);
    await workOnIncidents(desk.sql);
    const reasons = (await items()).map((one) => one.reason);
    expect(reasons.filter((said) => said?.includes("has not acknowledged it since"))).toHaveLength(3);
  });

  test("4. growing silently: items without an entry in the log, and entries without items", async () => {
    const add = `insert into incident_items (incident_id, position, provider, identity, event_type, cause)
      values (${number}, 99, 'stripe', 'evt_99', 'x', 'failed')`;
    await expect(desk.sql.unsafe(add)).rejects.toThrow("its log says that 3 were added");
    await expect(
      desk.sql`insert into incident_log (incident_id, kind, message, details, actor, actor_id)
        values (${number}, 'grown', 'x', '{"added": 5}', 'x', 'x')`,
    ).rejects.toThrow("its log says that 8 were added");
    expect(await problem(growIncident(id, { selection: { filter: {} }, reason } as never, support))).toMatchObject({
      code: "incident_needs_administrator",
      status: 403,
    });
    expect((await requireIncident(id, EVERYTHING)).counts.total).toBe(3);
  });

  test("5. editing the log, deleting from it, or emptying it", async () => {
    const refused = "only added to";
    await expect(
      desk.sql`update incident_log set message = 'all is well' where incident_id = ${number}`,
    ).rejects.toThrow(refused);
    await expect(desk.sql`delete from incident_log where incident_id = ${number}`).rejects.toThrow(refused);
    await expect(desk.sql`truncate incident_log`).rejects.toThrow(refused);
  });

  test("6. deleting an item, or making it about something else", async () => {
    await expect(desk.sql`delete from incident_items where incident_id = ${number}`).rejects.toThrow("not deleted");
    await expect(desk.sql`truncate incident_items`).rejects.toThrow("not deleted");
    await expect(
      desk.sql`update incident_items set identity = 'evt_other' where incident_id = ${number} and position = 1`,
    ).rejects.toThrow("does not become something else");
    await expect(desk.sql`delete from incidents where id = ${number}`).rejects.toThrow("foreign key");
  });

  test("7. closing before a verification, by the API and by SQL", async () => {
    const refused = await problem(closeIncident(id, { reason }, ada));
    expect(refused.said).toContain("3 events are affected");
    expect(refused.said).toContain("No complete verification");
    const empty = await openIncident(
      {
        ...{ title: "Nothing matched", cause: "x y z", severity: "P4", ...lastHours(3) },
        selection: { filter: { provider_slug: ["mitto"] } },
      } as never,
      ada,
    );
    expect((await problem(closeIncident(empty, { reason }, ada))).said).toContain("No complete verification");
    await expect(
      desk.sql`update incidents set verified_at = now_(), state = 'closed', closed_at = now_() where id = ${numberInId(empty)}`,
    ).rejects.toThrow("no complete verification");
  });

  test("8. approving one's own request", async () => {
    const request = await askIncident(id, { action: "close", input: { reason }, reason }, ada);
    expect(await problem(decideRequest(id, request, { approve: true, reason }, ada))).toMatchObject({
      code: "own_incident_request",
      status: 403,
    });
    expect((await requireIncident(id, EVERYTHING)).requests).toMatchObject([{ is_approved: null }]);
    // What another approves is refused for its own reason, and stays undecided.
    const grace = { ...ada, actor: { ...ada.actor, id: "staff-3", name: "Grace" } };
    expect(await problem(decideRequest(id, request, { approve: true, reason }, grace))).toMatchObject({
      code: "incident_not_done",
    });
    expect((await requireIncident(id, EVERYTHING)).requests).toMatchObject([{ is_approved: null }]);
  });

  test("9. support starting the run; it may preview, and ask", async () => {
    const refused = await problem(recoverIncident(id, { reason, until: "end" } as never, support));
    expect(refused).toMatchObject({ code: "incident_needs_administrator", status: 403 });
    expect(refused.said).toContain("POST …/requests");
    await recoverIncident(id, { reason, until: "preview" } as never, support);
    await workOnIncidents(desk.sql);
    expect(stepOf(await requireIncident(id, EVERYTHING), "preview").status).toBe("waiting");
    expect((await requireIncident(id, EVERYTHING)).stages).toEqual([]);
    const asked = await askIncident(id, { action: "recover", input: { reason, until: "end" }, reason }, support);
    endpoint.answer(200);
    await decideRequest(id, asked, { approve: true, reason: "Checked the preview" }, ada);
    await workOnIncidents(desk.sql);
    expect(await stateOf()).toBe("closed");
    expect(
      await desk.sql`select distinct r.actor from replays r join incident_stages s on s.replay_id = r.id
        where s.incident_id = ${number}`,
    ).toEqual([{ actor: "Ada" }]);
  });

  test("10. a verification of a part, and one from before the incident changed", async () => {
    endpoint.answer(200);
    provider.misbehave = (_request, response) => {
      response.writeHead(400).end("{}");
      return true;
    };
    await verifyIncident(id, { with_provider: true }, ada);
    await workOnIncidents(desk.sql);
    const partial = await requireIncident(id, EVERYTHING);
    expect(stepOf(partial, "verify")).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("not complete"),
    });
    expect(partial.verified_at).toBeNull();
    provider.misbehave = () => false;
    await recoverWith(200);
    expect(await stateOf()).toBe("closed");
    await reopenIncident(id, { reason }, ada);
    expect((await problem(closeIncident(id, { reason }, ada))).said).toContain("No complete verification");
    // Our own rows alone are no complete verification either, while the provider can be asked.
    await verifyIncident(id, { with_provider: false }, ada);
    await workOnIncidents(desk.sql);
    const own = await requireIncident(id, EVERYTHING);
    expect(own).toMatchObject({ state: "verifying", verified_at: null, counts: { verified: 3 } });
    expect(isRefusal(await closeIncident(id, { reason }, ada).catch((error) => error), "incident_not_done")).toBe(true);
  });

  test("accepts by name what a verification did not find, and closes with exceptions that name who accepted them", async () => {
    provider.events.push({
      ...{ id: "evt_gone", type: "invoice.paid", created: NOW - 900, body: {} },
      unrecoverable: "Stripe has deleted it.",
    });
    await recoverWith(200);
    expect(await stateOf()).toBe("verifying");
    await acceptIncidentItems(id, { all: true, reason: "The customer was told" }, ada);
    const closed = await requireIncident(id, EVERYTHING);
    expect(closed).toMatchObject({
      state: "closed_with_exceptions",
      counts: { verified: 3, unrecoverable: 1, accepted: 1 },
    });
    expect((await items()).at(-1)).toMatchObject({ accepted_by: "Ada", reason: "Stripe has deleted it." });
    await expect(desk.sql`update incidents set state = 'open', closed_at = null where id = ${number}`).rejects.toThrow(
      "Reopen it first",
    );
  });
});
