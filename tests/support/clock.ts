/** Lets hours pass at once: shifts the one clock of the database (supabase/schemas/025_clock.sql). */
import type postgres from "postgres";

/** Sets this database's clock ahead by `ahead`, such as `4 hours`, for every connection. Only the owner may do so. */
export async function shiftClock(sql: postgres.Sql, ahead: string): Promise<void> {
  await sql.unsafe(`
    create or replace function public.clock_shift() returns interval
    language sql stable parallel safe
    return interval '${ahead.replaceAll("'", "''")}'`);
}
