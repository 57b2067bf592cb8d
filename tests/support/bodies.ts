/** The received bytes of events, as tests read and write them: they have a table of their own (supabase/schemas/130_events.sql). */
import type postgres from "postgres";

/** The bytes of one event. */
export async function storedBody(sql: postgres.Sql, event: number): Promise<Buffer> {
  const [row] = await sql`select coalesce(raw_body, dense_body) as body from event_bodies where event_id = ${event}`;
  if (!row) throw new Error(`Event ${event} has no body.`);
  return row.body;
}

/** Gives each event that a test inserted by hand a body, as store_events does. */
export async function storeBodies(sql: postgres.Sql, body: string): Promise<void> {
  await sql`
    insert into event_bodies (event_id, raw_body)
    select id, convert_to(${body}, 'UTF8') from events on conflict (event_id) do nothing`;
}

/** Replaces the bytes of every event, and updates its size. */
export async function replaceBodies(sql: postgres.Sql, bytes: number): Promise<void> {
  await sql`update event_bodies set raw_body = convert_to(repeat('x', ${bytes}), 'UTF8')`;
  await sql`update events set body_size = ${bytes}`;
}
