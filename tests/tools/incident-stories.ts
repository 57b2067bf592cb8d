/**
 * For the showroom: incidents in each of their states. They are opened over the API; how far each is comes from rows, so that
 * a picture of a recovery under way can be taken at leisure. Long because a recovery has eight steps.
 */
import type postgres from "postgres";
import { ago, log, numberOf, setSteps, take } from "./incident-rows";

type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;
type Opened = { id: string };

const HOUR_MS = 3_600_000;

export interface IncidentPages {
  open: string;
  preview: string;
  recovering: string;
  lost: string;
  closed: string;
}

/** Returns the id of an incident of each kind. `run` found what is missing; `replay` ended well. */
export async function openIncidents(
  api: Api,
  sql: postgres.Sql,
  { run, replay }: { run: string; replay: string },
): Promise<IncidentPages> {
  // Nothing is verified without a proof in its target, which rows made here do not have.
  await sql`alter table incident_items disable trigger require_proof`;
  const closed = await openClosed(api, sql, replay);
  const lost = await openLost(api, sql, run);
  const recovering = await openRecovering(api, sql, replay);
  await sql`alter table incident_items enable trigger require_proof`;
  const preview = await openPreview(api, sql, run);
  const { id: open } = await api<Opened>("POST", "/api/incidents", {
    title: "Agent SDK answers 422 since its deploy",
    cause: "The deploy of 14:02 made a field mandatory that Chatwoot never sends. Rolled back at 15:10, OPS-4711.",
    severity: "P1",
    selection: { filter: { provider_slug: ["chatwoot"], status: ["failed", "dead"] } },
    from_ts: ago(20 * HOUR_MS),
    to_ts: ago(2 * HOUR_MS),
  });
  await sql`update incidents set opened_at = now() - interval '9 minutes' where id = ${numberOf(open)}`;
  return { open, preview, recovering, lost, closed };
}

async function openPreview(api: Api, sql: postgres.Sql, run: string): Promise<string> {
  const { id } = await api<Opened>("POST", "/api/incidents", {
    title: "Stripe sent nothing while its endpoint was disabled",
    cause:
      "Stripe disabled the endpoint after three days of timeouts. It is enabled again, and the key of the shop is unchanged.",
    severity: "P2",
    reconciliation_id: run,
    from_ts: ago(26 * HOUR_MS),
    to_ts: ago(1 * HOUR_MS),
  });
  await take(sql, id, "noor@example.com", "38 minutes");
  await setSteps(sql, id, {
    find_missing: ["done", { asked: 1, missing: 6, rejected: 1, drifted: 1, unrecoverable: 1, added: 0 }],
    find_failed: ["done", { failed: 0, waiting: 0 }],
    find_stale: ["done", { stale: 0 }],
    preview: [
      "waiting",
      {
        ...{ to_run: 8, under_way: 0, sampled_events: 8 },
        effects: { created: 5, updated: 3, unchanged: 1, superseded: 1 },
        by_destination: [{ destination: "Stripe tables", items: 8 }],
        money: [{ currency: "usd", amount: 148_700 }],
      },
      "Check the preview, then start the recovery.",
    ],
  });
  await sql`update incidents set state = 'recovering', recovering_at = now() - interval '20 minutes' where id = ${numberOf(id)}`;
  await sql`insert into incident_runs (incident_id, reconciliation_id, purpose) values (${numberOf(id)}, ${numberOf(run)}, 'find')`;
  await log(sql, id, [
    ["step", "Recovery started: find what the disabled endpoint lost", "Noor", "22 minutes"],
    [
      "reconciliation",
      "Stripe was asked for 26 hours: 6 are missing, 1 was rejected, 1 row differs.",
      "Recovery",
      "21 minutes",
    ],
    [
      "note",
      "Called Stripe support, case 0981-22. They confirm that the endpoint was disabled from 02:10 on.",
      "Noor",
      "15 minutes",
    ],
    ["requested", "Asks to start the recovery: the preview is checked.", "Noor", "4 minutes"],
  ]);
  await sql`
    insert into incident_requests (incident_id, action, input, reason, actor, actor_id, requested_at)
    values (${numberOf(id)}, 'recover', ${sql.json({ until: "end", reason: "x", options: { canary: 10, stopOnFailureRate: 0.2 } })},
      'The preview is checked: recover 8 events.', 'Noor', 'staff-noor', now() - interval '4 minutes')`;
  return id;
}

async function openRecovering(api: Api, sql: postgres.Sql, replay: string): Promise<string> {
  const { id } = await api<Opened>("POST", "/api/incidents", {
    title: "Merchants' endpoints timed out behind the same load balancer",
    cause: "The certificate of the shared load balancer expired. Renewed at 09:40.",
    severity: "P0",
    selection: { filter: { provider_slug: ["standard", "telnyx"] } },
    from_ts: ago(24 * HOUR_MS),
    to_ts: ago(3 * HOUR_MS),
  });
  const number = numberOf(id);
  await take(sql, id, "admin@example.com", "55 minutes");
  await sql`
    update incident_items set cause = 'failed', state = case when position % 9 < 5 then 'verified' when position % 9 < 7 then 'recovered'
        else 'affected' end::incident_item_state,
      replay_id = ${numberOf(replay)},
      proof = case when position % 9 < 5 then ${sql.json([
        {
          delivery_id: 1,
          destination: "Nord Outfitters, payments",
          kind: "endpoint",
          attempt_id: "at_1",
          at: ago(60_000),
        },
      ])} end
    where incident_id = ${number}`;
  await setSteps(sql, id, {
    find_missing: [
      "done",
      { missing: 0, not_asked: [{ provider: "telnyx", source_id: null, reason: "It has no API key." }] },
    ],
    find_failed: ["done", { failed: 41, waiting: 6 }],
    find_stale: ["done", { stale: 2 }],
    preview: [
      "done",
      {
        ...{ to_run: 61, under_way: 2, sampled_events: 61 },
        effects: { updated: 12, unchanged: 8 },
        by_destination: [
          { destination: "Nord Outfitters, payments", items: 40 },
          { destination: "Bistro Lumen, point of sale", items: 21 },
        ],
      },
    ],
    canary: ["done", { total: 10, succeeded: 10, failed: 0 }],
    run: [
      "running",
      { stages: 2, succeeded: 46, failed: 1 },
      "Bistro Lumen, point of sale is paused by Noor (21 events).",
    ],
  });
  await sql`update incidents set state = 'recovering', recovering_at = now() - interval '30 minutes' where id = ${number}`;
  await sql`insert into incident_stages (incident_id, number, replay_id) values (${number}, 1, ${numberOf(replay)})`;
  await log(sql, id, [
    ["step", "Recovery started: the certificate is renewed", "Administrator", "30 minutes"],
    ["replay", "Stage 1, the canary, delivered 10 of 10.", "Recovery", "26 minutes"],
  ]);
  return id;
}

async function openLost(api: Api, sql: postgres.Sql, run: string): Promise<string> {
  const { id } = await api<Opened>("POST", "/api/incidents", {
    title: "Deleted customers never arrived",
    cause: "The type was not subscribed until Tuesday.",
    severity: "P3",
    reconciliation_id: run,
    from_ts: ago(30 * HOUR_MS),
    to_ts: ago(4 * HOUR_MS),
  });
  const number = numberOf(id);
  await take(sql, id, "noor@example.com", "3 hours");
  await sql`
    update incident_items y set state = 'verified', event_id = coalesce(y.event_id, (select min(e.id) from events e)),
      proof = ${sql.json([{ delivery_id: 1, destination: "Rows", kind: "rows", attempt_id: null, at: ago(600_000) }])}
    where incident_id = ${number} and state <> 'unrecoverable'`;
  await setSteps(sql, id, {
    find_missing: ["done", { asked: 1, missing: 6, unrecoverable: 1 }],
    find_failed: ["done", { failed: 0 }],
    find_stale: ["done", { stale: 0 }],
    preview: ["done", { to_run: 8, under_way: 0 }],
    canary: ["done", { total: 8, succeeded: 8 }],
    run: ["done", { left: 0 }],
    verify: [
      "waiting",
      { verified: 8, unrecoverable: 1 },
      "1 event cannot be brought back. An administrator has to accept it.",
    ],
  });
  await sql`
    update incidents set state = 'verifying', recovering_at = now() - interval '90 minutes', verifying_at = now() - interval '80 minutes',
      verified_at = now() - interval '70 minutes' where id = ${number}`;
  return id;
}

async function openClosed(api: Api, sql: postgres.Sql, replay: string): Promise<string> {
  const { id } = await api<Opened>("POST", "/api/incidents", {
    title: "Payments of Nord Outfitters went to the old address",
    cause: "The merchant moved its endpoint on Sunday without a notice. Changed under Destinations.",
    severity: "P2",
    selection: { filter: { org_id: "org_nord" } },
    from_ts: ago(25 * HOUR_MS),
    to_ts: ago(HOUR_MS / 6),
  });
  const number = numberOf(id);
  await take(sql, id, "admin@example.com", "25 hours");
  await sql`
    update incident_items set state = 'verified', cause = 'failed', replay_id = ${numberOf(replay)},
      proof = ${sql.json([
        {
          delivery_id: 1,
          destination: "Nord Outfitters, payments",
          kind: "endpoint",
          attempt_id: "at_1",
          at: ago(23 * HOUR_MS),
        },
      ])}
    where incident_id = ${number}`;
  await setSteps(sql, id, {
    find_missing: ["done", { asked: 2, missing: 0 }],
    find_failed: ["done", { failed: 40 }],
    find_stale: ["done", { stale: 0 }],
    preview: ["done", { to_run: 40, under_way: 0 }],
    canary: ["done", { total: 10, succeeded: 10 }],
    run: ["done", { stage: 2, total: 30, succeeded: 30 }],
    verify: ["done", { verified: 40, still_missing: 0 }],
    evidence: ["done", { items: 40, requests: 0, replays: 1 }],
  });
  await sql`insert into incident_stages (incident_id, number, replay_id) values (${number}, 1, ${numberOf(replay)})`;
  await sql`
    insert into incident_log (incident_id, kind, message, details, actor, actor_id, at)
    values (${number}, 'verified', 'Verified: 40 of 40 events are in their targets.', '{"complete": true}', 'Recovery', 'recovery',
      now() - interval '24 hours 20 minutes')`;
  await sql`
    update incidents set state = 'closed', recovering_at = opened_at, verifying_at = opened_at + interval '20 minutes',
      verified_at = opened_at + interval '40 minutes', closed_at = opened_at + interval '40 minutes'
    where id = ${number}`;
  await log(sql, id, [["closed", "Closed: 40 of 40 events are verified.", "Recovery", "24 hours"]]);
  return id;
}
