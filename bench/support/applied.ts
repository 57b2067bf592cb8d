/** When events became visible as rows: the commit of the transaction that wrote each one's subscription. */
import type postgres from "postgres";

/** Milliseconds since 1970 by event id. Needs events with rows of their own, and `track_commit_timestamp`. */
export async function appliedAt(sql: postgres.Sql, ids: string[]): Promise<Map<string, number>> {
  // evt_x_7 is about sub_x_7.
  const subscriptions = ids.map((id) => id.replace(/^evt/, "sub"));
  const rows = await sql`
    select subscription_id as id, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as at
    from subscriptions where subscription_id = any(${subscriptions})`;
  return new Map(rows.map(({ id, at }) => [id.replace(/^sub/, "evt"), Number(at)]));
}
