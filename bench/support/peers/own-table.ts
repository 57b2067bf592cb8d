/** The table that a team would write its webhooks into: unique by id, with the bytes. */
import pg from "pg";

/** A pool on a database that has the table. */
export async function openTable(): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
  await pool.query(`
    create table if not exists webhooks (
      id text primary key, type text not null, body bytea not null, received_at timestamptz not null default now())`);
  return pool;
}
