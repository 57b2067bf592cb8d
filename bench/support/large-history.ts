/** A history of millions of events in parts, its indexes made after them, and never more than the disk has room for. */
import { statfsSync } from "node:fs";
import type postgres from "postgres";
import { seedDestinations, seedRange, seedStatistics } from "../history-seed";

const PART = 500_000;
/** With indexes, and with the log that Postgres keeps meanwhile: measured with 200,000: 2,642, and a tenth more. */
const BYTES_PER_EVENT = 2_900;
const RESERVE_BYTES = 8 * 2 ** 30;

export interface Seeded {
  events: number;
  seconds: number;
  bytes: number;
}

/** Fills an empty, migrated database. Refuses before it begins, or stops between two parts, when the disk would not do. */
export async function seedLargeHistory(
  sql: postgres.Sql,
  events: number,
  say: (line: string) => void,
): Promise<Seeded> {
  const started = performance.now();
  const [found] = await sql`
    select current_setting('data_directory') as directory, exists (select from events) as has_events`;
  if (found?.has_events) throw new Error("This database has events already. A history goes into an empty one.");
  requireRoom(found?.directory, events);
  await sql`set synchronous_commit = off`;
  await sql`set maintenance_work_mem = '512MB'`;
  const indexes = await dropIndexes(sql);
  await seedDestinations(sql);
  let done = 0;
  try {
    // The oldest first, so that ids rise with time.
    for (let to = events; to > 0; to -= PART) {
      requireRoom(found?.directory, to);
      const from = Math.max(1, to - PART + 1);
      await seedRange(sql, { events, from, to });
      done += to - from + 1;
      say(`${done.toLocaleString("en")} events, ${await size(sql)} so far`);
    }
    await seedStatistics(sql);
  } finally {
    for (const definition of indexes) await sql.unsafe(definition);
  }
  say(`${indexes.length} indexes made, ${await size(sql)}`);
  await sql`vacuum analyze`;
  const [row] = await sql`select pg_database_size(current_database())::float8 as bytes`;
  return { events: done, seconds: (performance.now() - started) / 1000, bytes: row?.bytes };
}

/** Throws when the disk of the database, if it is on this machine, has no room for so many more events. */
function requireRoom(directory: string, events: number): void {
  let free: number;
  try {
    const { bavail, bsize } = statfsSync(directory);
    free = bavail * bsize;
  } catch {
    // Elsewhere: whoever gives such a database knows its disk.
    return;
  }
  const needed = events * BYTES_PER_EVENT + RESERVE_BYTES;
  if (free >= needed) return;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  throw new Error(`${events.toLocaleString("en")} more events need ${gib(needed)} and the disk has ${gib(free)}.`);
}

/** Drops what no constraint needs. Returns the statements that make it again. */
async function dropIndexes(sql: postgres.Sql): Promise<string[]> {
  // Those of partitions come and go with their parent's.
  const rows = await sql`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace
        and relname in ('events', 'event_bodies', 'event_keys', 'deliveries', 'attempts'))
      and not c.relispartition
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`;
  for (const { name } of rows) await sql.unsafe(`drop index ${name}`);
  return rows.map(({ definition }) => definition.replace(" ON ONLY ", " ON "));
}

async function size(sql: postgres.Sql): Promise<string> {
  const [row] = await sql`select pg_size_pretty(pg_database_size(current_database())) as size`;
  return row?.size;
}
