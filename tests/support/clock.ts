/** Lets hours pass in a moment: shifts the one clock of the database (supabase/schemas/025_clock.sql). */
import type postgres from "postgres";

/** From now on the clock of this database is ahead by `ahead`, such as `4 hours`, for every connection. The owner alone may. */
export async function shiftClock(sql: postgres.Sql, ahead: string): Promise<void> {
  await sql.unsafe(`
    create or replace function public.clock_shift() returns interval
    language sql stable parallel safe
    return interval '${ahead.replaceAll("'", "''")}'`);
}
