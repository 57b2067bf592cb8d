/** An incident as SQL has it after a recovery, for tests of its evidence. */
import type postgres from "postgres";

export interface SeededItem {
  provider: string;
  identity: string;
  event_type: string;
  event_id?: number | null;
  organisation_id?: string | null;
  customer_id?: string | null;
  object_id?: string | null;
  amount?: number | null;
  currency?: string | null;
  cause?: string;
  state?: string;
  reason?: string | null;
  accepted_by?: string | null;
  finding_id?: number | null;
  replay_id?: number | null;
}

/**
 * Returns its number. Without the triggers that guard incidents: only a recovery may verify an item, and here none runs. What
 * the triggers keep, such as the counts, is written here.
 */
export async function seedIncident(
  sql: postgres.Sql,
  items: readonly SeededItem[],
  { title = "Stripe could not reach us", organisations = ["acme"] as string[] | null } = {},
): Promise<number> {
  return sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    const [incident] = await tx`
      insert into incidents (title, cause, severity, opened_by, actor, actor_id, from_ts, to_ts, selection, organisations)
      values (${title}, 'The firewall refused them.', 'P1', 'person', 'Ada', 'staff-1', now() - interval '2 hours',
        now() + interval '1 hour', ${tx.json({ filter: { customer: "jane@example.com" } })}, ${organisations})
      returning id`;
    const id = Number(incident?.id);
    await tx`insert into incident_log (incident_id, kind, message, details, actor, actor_id)
      values (${id}, 'opened', 'Opened.', ${tx.json({ added: items.length, total: items.length })}, 'Ada', 'staff-1')`;
    const rows = items.map((item, n) => ({ position: n + 1, state: "affected", cause: "failed", ...item }));
    await tx`
      insert into incident_items (incident_id, position, provider, identity, event_type, event_id, organisation_id,
        customer_id, object_id, occurred_at, amount, currency, cause, state, reason, accepted_by, accepted_at, finding_id,
        replay_id, proof)
      select ${id}, x.position, x.provider, x.identity, x.event_type, x.event_id, x.organisation_id, x.customer_id,
        x.object_id, now() - interval '1 hour', x.amount, x.currency, x.cause::incident_cause,
        x.state::incident_item_state, x.reason, x.accepted_by, case when x.accepted_by is not null then now() end,
        x.finding_id, x.replay_id, case when x.state = 'verified' then '[]'::jsonb end
      from jsonb_to_recordset(${tx.json(rows as never)}) as x(position integer, provider text, identity text,
        event_type text, event_id bigint, organisation_id text, customer_id text, object_id text, amount bigint,
        currency text, cause text, state text, reason text, accepted_by text, finding_id bigint, replay_id bigint)`;
    await tx`
      update incidents i set total = c.total, affected = c.affected, recovered = c.recovered, verified = c.verified,
        still_missing = c.still_missing, unrecoverable = c.unrecoverable, accepted = c.accepted
      from (
        select count(*) as total, count(*) filter (where state = 'affected') as affected,
          count(*) filter (where state = 'recovered') as recovered, count(*) filter (where state = 'verified') as verified,
          count(*) filter (where state = 'still_missing') as still_missing,
          count(*) filter (where state = 'unrecoverable') as unrecoverable,
          count(*) filter (where accepted_by is not null) as accepted
        from incident_items where incident_id = ${id}
      ) c
      where i.id = ${id}`;
    return id;
  });
}
