/**
 * One recovery of an outage: what never arrived, what failed, what is stale, and the end at zero. Long because one provider
 * and desk serve all of it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openIncident, recoverIncident, reopenIncident, verifyIncident } from "@/lib/commands/incidents";
import { incident as incidentSchema } from "@/lib/contract/api/incidents";
import { advance } from "@/lib/incidents/advance";
import { findProvider } from "@/lib/providers";
import type { Provider } from "@/lib/providers/provider";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { listIncidentItems, requireIncident } from "@/lib/queries/incidents";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { type Endpoint, startEndpoint } from "../support/endpoint";
import { installApi, type LogProvider, logApi, startLogProvider } from "../support/log-provider";
import { deliverAndSettle, lastHours, rowsOf, workOnRuns } from "../support/reconciling";
import { claimNow, stepOf, workOnIncidents, workUntil } from "../support/recovering";
import { seededRandom } from "../support/seed";

const NOW = Math.floor(Date.now() / 1000);
const END = { reason: "The shop was down", until: "end" as const, pause_seconds: 0 };

let desk: Desk;
let provider: LogProvider;
let endpoint: Endpoint;
beforeAll(async () => {
  desk = await openDesk();
  endpoint = await startEndpoint();
  provider = await startLogProvider();
  installApi(findProvider("stripe") as Provider, logApi, provider);
});
afterAll(async () => {
  await provider.close();
  await endpoint.close();
  await desk.close();
});
beforeEach(async () => {
  // As the owner of the tables, past their guards: each test has its own outage.
  await desk.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`truncate incidents, incident_items, incident_log, incident_steps, incident_runs, incident_stages,
      incident_requests, events, event_keys, deliveries, attempts, replays, replay_items, businesses, subscriptions,
      rejections, reconciliations, api_budgets, watches, findings cascade`;
  });
  await desk.sql`delete from destination_health`;
  await desk.sql`delete from destinations where slug = 'shop'`;
  await desk.sql`
    insert into destinations (slug, name, kind, managed, providers, url, base_delay_ms, max_attempts)
    values ('shop', 'Shop', 'http', true, '{stripe}', ${endpoint.url}, 20, 1)`;
  provider.events = [];
  provider.misbehave = () => false;
  endpoint.arrivals.length = 0;
  endpoint.answer(200);
});

function logged(n: number, minutes = 30) {
  const created = NOW - minutes * 60;
  const event = stripeEvent({ id: `evt_${n}`, created, subscription: `sub_${n}`, customer: `cus_${n}` });
  return { id: event.id, type: event.type, created, body: event };
}

/** Some events are lost on their way, and the endpoint refuses some of those that came. */
async function outage({ count = 20, lost = (n: number) => n % 4 === 1, refused = (n: number) => n % 4 === 2 } = {}) {
  provider.events = Array.from({ length: count }, (_, n) => logged(n, 20 + n));
  for (const [n, { body }] of provider.events.entries()) {
    if (lost(n)) continue;
    endpoint.answer(refused(n) ? 422 : 200);
    await send("stripe", body);
    await workUntilIdle();
  }
  endpoint.answer(200);
}

const open = (more: object = {}) =>
  openIncident(
    {
      ...{ title: "Shop was down", cause: "It answered 422", severity: "P1", ...lastHours(3) },
      to_ts: new Date(Date.now() + 60_000).toISOString(),
      selection: { filter: { provider_slug: ["stripe"] } },
      ...more,
    } as Parameters<typeof openIncident>[0],
    ada,
  );
const recover = (id: string, more: object = {}) => recoverIncident(id, { ...END, ...more } as never, ada);
const itemsOf = async (id: string) => (await listIncidentItems(id, { limit: 500 }, EVERYTHING)).items;
const received = () => endpoint.arrivals.map(({ body }) => (body as unknown as { id: string }).id);

/** Each event reached the endpoint once more than it was refused. */
function expectEachOnce(): void {
  const delivered = received();
  for (const { id: key } of provider.events) {
    expect(delivered.filter((one) => one === key).length, key).toBe(Number(key.slice(4)) % 4 === 2 ? 2 : 1);
  }
}

describe("a recovery", () => {
  test("finds what never arrived and what failed, delivers each once, verifies it with the provider, and closes itself at zero", async () => {
    await outage();
    const id = await open();
    expect((await requireIncident(id, EVERYTHING)).counts.total).toBe(15);
    await recover(id);
    await workOnIncidents(desk.sql);

    const found = incidentSchema.parse(await requireIncident(id, EVERYTHING));
    expect(found.steps.map(({ step, status, reason }) => [step, status, reason])).toEqual(
      ["find_missing", "find_failed", "find_stale", "preview", "canary", "run", "verify", "evidence"].map((step) => [
        step,
        "done",
        null,
      ]),
    );
    expect(found).toMatchObject({
      state: "closed",
      closed_by: null,
      counts: { total: 20, verified: 20, affected: 0, recovered: 0, still_missing: 0, unrecoverable: 0 },
    });
    expect(stepOf(found, "find_missing").found).toMatchObject({ missing: 5, added: 5 });
    expect(stepOf(found, "find_failed").found).toMatchObject({ failed: 5 });
    expect(found.runs.map(({ purpose, status }) => [purpose, status])).toEqual([
      ["find", "completed"],
      ["verify", "completed"],
    ]);
    expect(found.log.map(({ kind }) => kind).toReversed()).toEqual(
      expect.arrayContaining(["opened", "grown", "reconciliation", "replay", "verified", "closed"]),
    );
    expectEachOnce();
    const recovered = [await rowsOf(desk.sql, "subscriptions"), await rowsOf(desk.sql, "businesses")];
    await desk.sql`truncate events, event_keys, deliveries, attempts, businesses, subscriptions cascade`;
    for (const { body } of provider.events) await send("stripe", body);
    await workUntilIdle();
    expect([await rowsOf(desk.sql, "subscriptions"), await rowsOf(desk.sql, "businesses")]).toEqual(recovered);
  });

  test("until its preview stores and counts without delivering, waits, and goes on where it was left", async () => {
    await outage();
    const before = received().length;
    const id = await open();
    await recover(id, { until: "preview" });
    await workOnIncidents(desk.sql);
    const waiting = await requireIncident(id, EVERYTHING);
    expect(stepOf(waiting, "preview")).toMatchObject({
      status: "waiting",
      reason: "Check the preview, then start the recovery.",
      found: { to_run: 10, linked: 5, effects: { created: expect.any(Number) } },
    });
    expect(received()).toHaveLength(before);
    expect(await desk.sql`select from replays`).toHaveLength(0);
    await recover(id);
    await workOnIncidents(desk.sql);
    const found = await requireIncident(id, EVERYTHING);
    expect(found).toMatchObject({ state: "closed", counts: { verified: 20 } });
    // The first question was not asked again.
    expect(found.runs.filter(({ purpose }) => purpose === "find")).toHaveLength(1);
  });

  test("restores rows that were deleted although every delivery had succeeded", async () => {
    await outage({ lost: () => false, refused: () => false });
    await desk.sql`delete from subscriptions where subscription_id in ('sub_1', 'sub_2')`;
    const id = await open();
    await recover(id);
    await workOnIncidents(desk.sql);
    const found = await requireIncident(id, EVERYTHING);
    expect(found).toMatchObject({ state: "closed", counts: { verified: 20 } });
    expect(await desk.sql`select from subscriptions where subscription_id in ('sub_1', 'sub_2')`).toHaveLength(2);
  });

  test("stops when its canary fails, says why, and goes on once the endpoint works", async () => {
    await outage({ lost: () => false, refused: (n) => n < 12 });
    endpoint.answer(422);
    const id = await open();
    await recover(id);
    await workOnIncidents(desk.sql);
    const stopped = await requireIncident(id, EVERYTHING);
    expect(stopped.state).toBe("recovering");
    expect(stepOf(stopped, "canary")).toMatchObject({ status: "failed", reason: expect.stringContaining("failed") });
    expect(stopped.stages).toHaveLength(1);
    endpoint.answer(200);
    await recover(id);
    await workOnIncidents(desk.sql);
    expect(await requireIncident(id, EVERYTHING)).toMatchObject({ state: "closed", counts: { verified: 20 } });
  });

  test("waits for a paused destination, says so, and goes on when it is resumed", async () => {
    await outage();
    await desk.sql`update destinations set paused_at = now_() where slug = 'shop'`;
    const id = await open();
    await recover(id);
    const waiting = await workUntil(desk.sql, id, (one) => stepOf(one, "canary").status === "waiting");
    expect(stepOf(waiting, "canary").reason).toContain("Shop is paused");
    expect(waiting.stages).toHaveLength(0);
    await desk.sql`update destinations set paused_at = null where slug = 'shop'`;
    await workOnIncidents(desk.sql);
    expect(await requireIncident(id, EVERYTHING)).toMatchObject({ state: "closed", counts: { verified: 20 } });
  });

  test("that waits for a destination can be left by a verification, which says what is missing", async () => {
    await outage();
    await desk.sql`update destinations set paused_at = now_() where slug = 'shop'`;
    const id = await open();
    await recover(id);
    await workUntil(desk.sql, id, (one) => stepOf(one, "canary").status === "waiting");
    await expect(recover(id)).rejects.toMatchObject({ code: "recovery_under_way" });
    await verifyIncident(id, { with_provider: true }, ada);
    await workOnIncidents(desk.sql);
    const found = await requireIncident(id, EVERYTHING);
    expect(found).toMatchObject({ state: "verifying", counts: { verified: 10, still_missing: 10 } });
    // It waited for minutes, and said so once.
    expect(found.log.filter(({ message }) => message.startsWith("Canary: waiting"))).toHaveLength(1);
    await desk.sql`update destinations set paused_at = null where slug = 'shop'`;
  });

  test("sends again what an endpoint acknowledged and lost, when it is asked to", async () => {
    await outage({ count: 6, lost: () => false, refused: () => false });
    const id = await open();
    await recover(id, { options: { skipAlreadyApplied: false } });
    await workOnIncidents(desk.sql);
    expect(await requireIncident(id, EVERYTHING)).toMatchObject({ state: "closed", counts: { verified: 6 } });
    expect(received()).toHaveLength(12);
  });

  test("runs critical types and organisations first, in stages that grow, with a pause in between", async () => {
    await outage({ count: 12, lost: () => false, refused: () => true });
    await desk.sql`update events set event_type = 'invoice.paid' where event_key = 'evt_0'`;
    await desk.sql`update events set organisation_id = 'acme' where event_key = 'evt_11'`;
    endpoint.arrivals.length = 0;
    const id = await open();
    const options = { canary: 1, stopOnFailureRate: 0 };
    await recover(id, { options, types_first: ["invoice.paid"], organisations_first: ["acme"], pause_seconds: 1 });
    const paused = await workUntil(desk.sql, id, (one) => stepOf(one, "run").reason !== null);
    expect(stepOf(paused, "run")).toMatchObject({ status: "waiting", reason: "Pause between two stages." });
    await workOnIncidents(desk.sql);
    const found = await requireIncident(id, EVERYTHING);
    expect(found.stages.map(({ total }) => total)).toEqual([2, 8, 14]);
    expect(received()[0]).toBe("evt_0");
    expect(received().indexOf("evt_11")).toBeLessThan(5);
    expect(found.state).toBe("closed");
  });

  test("names what the provider cannot give back, and closes with exceptions only", async () => {
    await outage({ count: 8 });
    provider.events[1] = { ...provider.events[1], unrecoverable: "The content is gone." } as never;
    const id = await open();
    await recover(id);
    await workOnIncidents(desk.sql);
    const found = await requireIncident(id, EVERYTHING);
    expect(found).toMatchObject({ state: "verifying", counts: { verified: 7, unrecoverable: 1, accepted: 0 } });
    expect(stepOf(found, "verify")).toMatchObject({
      status: "waiting",
      reason: expect.stringContaining("administrator"),
    });
  });

  test("reads the part again that a provider failed to answer, and stops with the reason when it goes on failing", async () => {
    await outage();
    provider.misbehave = (_request, response) => {
      response.writeHead(400).end("{}");
      return true;
    };
    const id = await open();
    await recover(id);
    await workOnIncidents(desk.sql);
    const stopped = await requireIncident(id, EVERYTHING);
    expect(stepOf(stopped, "find_missing")).toMatchObject({ status: "failed", reason: expect.stringContaining("400") });
    expect(stopped.runs).toHaveLength(3);
    provider.misbehave = () => false;
    await recover(id);
    await workOnIncidents(desk.sql);
    expect(await requireIncident(id, EVERYTHING)).toMatchObject({ state: "closed" });
  });
});

describe("a closed incident", () => {
  test("that is reopened is verified again, finds what has gone since, and recovers it", async () => {
    await outage();
    const id = await open();
    await recover(id);
    await workOnIncidents(desk.sql);
    await desk.sql`delete from subscriptions where subscription_id = 'sub_4'`;
    await reopenIncident(id, { reason: "A row is gone" }, ada);
    await verifyIncident(id, { with_provider: false }, ada);
    await workOnIncidents(desk.sql);
    const looked = await requireIncident(id, EVERYTHING);
    expect(looked).toMatchObject({ state: "verifying", counts: { verified: 19, still_missing: 1 } });
    expect((await itemsOf(id)).find(({ state }) => state === "still_missing")?.reason).toContain("are gone");
    await recover(id);
    await workOnIncidents(desk.sql);
    expect(await requireIncident(id, EVERYTHING)).toMatchObject({ state: "closed", counts: { verified: 20 } });
  });
});

describe("a worker", () => {
  test("that loses its lease in the middle of any step is followed by another, and nothing is delivered twice", async () => {
    await outage();
    const id = await open();
    await recover(id);
    const random = seededRandom();
    for (let turn = 0; turn < 300 && (await requireIncident(id, EVERYTHING)).state !== "closed"; turn += 1) {
      const [first] = await claimNow(desk.sql);
      const working = first ? advance(first).catch((error: Error) => error.name) : undefined;
      await new Promise((resolve) => setTimeout(resolve, random() * 40));
      const [second] = await claimNow(desk.sql);
      if (second) await advance(second).catch((error: Error) => expect(error.name).toBe("LeaseLost"));
      await working;
      await desk.sql`update incidents set lease_until = null`;
      await workOnRuns(desk.sql);
      await deliverAndSettle();
    }
    expectEachOnce();
    const found = await requireIncident(id, EVERYTHING);
    expect(found).toMatchObject({ state: "closed", counts: { total: 20, verified: 20 } });
    expect(found.runs).toHaveLength(2);
  });

  test("whose lease was taken over changes nothing any more", async () => {
    await outage();
    const id = await open();
    await recover(id);
    const [first] = await claimNow(desk.sql);
    const [second] = await claimNow(desk.sql);
    expect(second?.fence).toBeGreaterThan(first?.fence as number);
    await expect(advance(first as never)).rejects.toMatchObject({ name: "LeaseLost" });
    expect(await desk.sql`select from reconciliations`).toHaveLength(0);
    await claimNow(desk.sql);
  });
});
