/** The scorecard at the end of a drill: what there was to find, and what became of it. It asks the tables, not a report. */
import type postgres from "postgres";
import type { World } from "../support/world/world";

export interface Score {
  what: string;
  /** How many there were. */
  total: number;
  /** Of these, those that a run, an incident or a replay knows of. */
  found: number;
  /** Those that are here now, and delivered everywhere. */
  repaired: number;
}

/** The events that never arrived, or were rejected: those of the plan. */
export async function scoreLost(world: World, sql: postgres.Sql, what = "never arrived"): Promise<Score> {
  const lost = world.plan.filter(({ event, isDropped, isInWrongSecret }) => {
    return event.webhook && (isDropped || isInWrongSecret);
  });
  const keys = lost.map(({ event }) => ({ provider: event.provider, key: event.key }));
  const [row] = await sql`
    select count(*) filter (where k.is_found or e.id is not null)::int as found,
      count(*) filter (where e.id is not null and coalesce(d.is_delivered, true))::int as repaired
    from jsonb_to_recordset(${sql.json(keys)}) as w(provider text, key text)
    cross join lateral (
      select exists (select from findings f where f.provider = w.provider and f.identity = w.key) as is_found
    ) k
    left join lateral (
      select x.id from events x
      where x.provider = w.provider and (x.event_key = w.key or x.logical_key = w.key) and x.variant_of is null
      limit 1
    ) e on true
    left join lateral (
      select bool_and(y.status = 'delivered') as is_delivered from deliveries y where y.event_id = e.id
    ) d on true`;
  return { what, total: lost.length, found: row?.found ?? 0, repaired: row?.repaired ?? 0 };
}

/** Deliveries of events that arrived: those that are not delivered were not repaired. `total`: how many failed. */
export async function scoreFailed(sql: postgres.Sql, total: number, what = "failed deliveries"): Promise<Score> {
  const [row] = await sql`
    select count(*) filter (where d.status <> 'delivered')::int as left, count(*) filter (
      where d.status <> 'delivered' and exists (select from replay_items i where i.delivery_id = d.id)
    )::int as tried
    from deliveries d join events e on e.id = d.event_id
    where e.variant_of is null and e.origin = 'webhook'`;
  const left = Math.min(total, row?.left ?? total);
  return { what, total, found: total - left + Math.min(left, row?.tried ?? 0), repaired: total - left };
}

/** How many deliveries are dead now: to be asked when the outage has just ended. */
export async function countDead(sql: postgres.Sql): Promise<number> {
  const [row] = await sql`select count(*)::int from deliveries where status = 'dead'`;
  return row?.count ?? 0;
}

/** Deliveries that an endpoint acknowledged more than once: nothing of it can be repaired. */
export function countTwice({ shop, crm }: World): number {
  return [shop, crm].reduce((sum, { arrivals }) => {
    const ids = arrivals.filter(({ status }) => status === 200).map(({ id }) => id);
    return sum + ids.length - new Set(ids).size;
  }, 0);
}

/** Lines of text. */
export function printScores(scores: readonly Score[], minutes: number, twice: number): string {
  const rows = scores.map(
    ({ what, total, found, repaired }) => [what, `${total}`, `${found}`, `${repaired}`, `${total - repaired}`] as const,
  );
  const widths = [24, 8, 8, 10, 8];
  const line = (cells: readonly string[]) => cells.map((cell, n) => cell.padEnd(widths[n] as number)).join("");
  return [
    line(["", "there", "found", "repaired", "missed"]),
    ...rows.map(line),
    "",
    `${minutes.toFixed(1)} minutes. ${twice === 0 ? "Nothing was delivered twice." : `${twice} deliveries were made twice.`}`,
  ].join("\n");
}
