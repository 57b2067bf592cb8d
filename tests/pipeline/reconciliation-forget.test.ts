/** How long what reconciliation keeps stays, and that the deletion is bounded. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import { type Desk, openDesk } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.sql`truncate reconciliations, findings, api_requests, incidents, incident_items, incident_runs cascade`;
});

/** A run that ended so many days ago, with a window and a request. */
async function run(daysAgo: number, more: { startedBy?: string; finding?: "open" | "closed" } = {}): Promise<number> {
  const { startedBy = "schedule", finding } = more;
  const [made] = await desk.sql`
    insert into reconciliations (provider, started_by, status, from_ts, to_ts, actor, actor_id, created_at, completed_at)
    values ('stripe', ${startedBy}::reconciliation_trigger, 'completed', now_() - interval '101 days', now_(), 'a', 'a',
      now_() - ${daysAgo} * interval '1 day', now_() - ${daysAgo} * interval '1 day')
    returning id::int`;
  const id = made?.id as number;
  const [window] = await desk.sql`
    insert into reconciliation_windows (reconciliation_id, from_ts, to_ts, status)
    values (${id}, now_() - interval '1 day', now_(), 'done') returning id`;
  await desk.sql`
    insert into api_requests (reconciliation_id, window_id, provider, method, url, milliseconds, asked_at)
    values (${id}, ${window?.id}, 'stripe', 'GET', 'https://api.stripe.com/v1/events', 5,
      now_() - ${daysAgo} * interval '1 day')`;
  if (finding) {
    await desk.sql`
      insert into findings (reconciliation_id, provider, kind, state, identity, event_type, occurred_at, origin, closed_at)
      values (${id}, 'stripe', 'missing', ${finding === "open" ? "open" : "repaired"}::finding_state, 'evt_1', 'x', now_(),
        'provider_api', ${finding === "open" ? null : new Date(Date.now() - daysAgo * 86_400_000)})`;
  }
  return id;
}

const kept = async () => ({
  runs: (await desk.sql`select id::int from reconciliations order by id`).map(({ id }) => id),
  requests: (await desk.sql`select reconciliation_id::int as id from api_requests order by 1`).map(({ id }) => id),
  findings: (await desk.sql`select reconciliation_id::int as id from findings order by 1`).map(({ id }) => id),
});

test("After 90 days requests, closed findings and scheduled runs without findings are gone, and all else is here", async () => {
  const old = await run(91);
  const asked = await run(91, { startedBy: "person" });
  const open = await run(91, { finding: "open" });
  const closed = await run(91, { finding: "closed" });
  const recent = await run(89, { finding: "closed" });
  await call("pipeline", "forget_reconciliation", { p_limit: 100 });
  expect(await kept()).toEqual({
    runs: [asked, open, recent],
    requests: [recent],
    findings: [open, recent],
  });
  expect([old, closed].every((id) => id < recent)).toBe(true);
});

test("What an incident is about is never deleted, nor is the newest complete run of a source", async () => {
  const last = await run(95);
  const [incident] = await desk.sql`
    insert into incidents (title, cause, severity, opened_by, actor, actor_id, from_ts, to_ts, selection)
    values ('Outage', 'Unknown', 'P2', 'person', 'a', 'a', now_() - interval '1 hour', now_(), '{}') returning id`;
  const ofIncident = await run(96, { finding: "closed" });
  await desk.sql`
    insert into incident_runs (incident_id, reconciliation_id, purpose) values (${incident?.id}, ${ofIncident}, 'find')`;
  await call("pipeline", "forget_reconciliation", { p_limit: 100 });
  expect(await kept()).toEqual({ runs: [last, ofIncident], requests: [ofIncident], findings: [ofIncident] });
});

test("No more than the limit is deleted at a time, so that a year of requests blocks nobody", async () => {
  const id = await run(91, { startedBy: "person" });
  await desk.sql`
    insert into api_requests (reconciliation_id, provider, method, url, milliseconds, asked_at)
    select ${id}, 'stripe', 'GET', 'https://api.stripe.com/v1/events', 5, now_() - interval '100 days'
    from generate_series(1, 250)`;
  expect(await call("pipeline", "forget_reconciliation", { p_limit: 100 })).toBe(100);
  expect(await call("pipeline", "forget_reconciliation", { p_limit: 100 })).toBe(100);
  expect(await call("pipeline", "forget_reconciliation", { p_limit: 100 })).toBe(51);
});
