/** Rows of incidents, for the showroom's stories: how far a recovery is, who took it, and what its timeline says. */
import type postgres from "postgres";

export const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** An owner took it four minutes after it was opened. */
export async function take(sql: postgres.Sql, id: string, owner: string, opened: string): Promise<void> {
  await sql`
    update incidents set owner = ${owner}, owner_id = 'staff', opened_at = now() - ${opened}::interval,
      responded_at = now() - ${opened}::interval + interval '4 minutes'
    where id = ${numberOf(id)}`;
}

export type Steps = Record<string, [status: string, found: object, reason?: string]>;

export async function setSteps(sql: postgres.Sql, id: string, steps: Steps): Promise<void> {
  for (const [step, [status, found, reason]] of Object.entries(steps)) {
    await sql`
      update incident_steps set status = ${status}::incident_step_status, found = ${sql.json(found as postgres.JSONValue)},
        reason = ${reason ?? null}, started_at = now() - interval '20 minutes',
        ended_at = ${status === "done" ? ago(1_140_000) : null}
      where incident_id = ${numberOf(id)} and step = ${step}::incident_step`;
  }
}

export async function log(
  sql: postgres.Sql,
  id: string,
  entries: [kind: string, message: string, actor: string, at: string][],
) {
  for (const [kind, message, actor, at] of entries) {
    await sql`
      insert into incident_log (incident_id, kind, message, actor, actor_id, at)
      values (${numberOf(id)}, ${kind}::incident_log_kind, ${message}, ${actor}, 'staff', now() - ${at}::interval)`;
  }
}

export function numberOf(id: string): number {
  return Number(id.slice(3));
}

type Stage = [status: string, total: number, succeeded: number, failed: number, stoppedBecause?: string];

/** The replays of a recovery, from the canary on. Those under way are paused: no worker claims them. */
export async function addStages(sql: postgres.Sql, id: string, stages: readonly Stage[]): Promise<void> {
  for (const [index, [status, total, succeeded, failed, because]] of stages.entries()) {
    const ended = status === "paused" ? null : ago(600_000);
    await sql`
      with made as (
        insert into replays (kind, status, reason, actor, actor_id, options, selection, matched, total, succeeded, failed,
          stopped_because, queued_at, started_at, completed_at)
        select 'incident', ${status}::replay_status, ${`Recovery of ${id}`}, 'Recovery', 'recovery', r.options, r.selection,
          ${total}, ${total}, ${succeeded}, ${failed}, ${because ?? null}, ${ago(900_000)}, ${ago(900_000)}, ${ended}
        from (select * from replays order by id limit 1) r
        returning id
      )
      insert into incident_stages (incident_id, number, replay_id) select ${numberOf(id)}, ${index + 1}, id from made`;
  }
}
