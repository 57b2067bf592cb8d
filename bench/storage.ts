/**
 * What does an event of 1 KB take on the disk, and what does it write to the log? Events are accepted and delivered to rows,
 * in a fresh database; the bytes are those of the tables with their indexes, and of the WAL from the first to the last.
 *
 *   npm run bench:storage [-- --events 10000]
 */
import { startWorker } from "../lib/pipeline/worker";
import { openDesk, send } from "../tests/support/desk";
import { until } from "../tests/support/processes";
import { startBenchCluster } from "./support/cluster";
import { numbersFrom } from "./support/options";
import { muteLog } from "./support/quiet";
import { atMost, number, report } from "./support/report";
import { prepareEvents } from "./support/requests";

/** Half of the 7,211 that this bench printed on fc6655a, with 5,000 events. */
const MOST_BYTES = 3_600;
/** Half of the 12 KB that issue 17 names. This bench printed 16,701 on fc6655a: it has no autovacuum and only new rows. */
const MOST_WAL_BYTES = 6_000;
const AT_ONCE = 64;
const DRAIN_MS = 600_000;

const { events } = numbersFrom({ events: 10_000 });
muteLog();
// Autovacuum writes to the log, too, at times of its own.
const cluster = await startBenchCluster(["autovacuum=off"]);
const desk = await openDesk();
const { sql } = desk;
try {
  const before = await sizes();
  // The full images of pages that follow a checkpoint are a matter of its settings.
  await sql`alter system set checkpoint_timeout = '1h'`;
  await sql`select pg_reload_conf()`;
  const start = await walPosition();
  await acceptAll();
  const accepted = await walPosition();
  const worker = startWorker();
  await until(
    "all is delivered",
    async () =>
      (await sql`select from deliveries where status in ('pending', 'retrying', 'claimed') limit 1`).length === 0,
    DRAIN_MS,
  );
  const delivered = await walPosition();
  await worker.stop();
  await sql`vacuum analyze`;
  const written = totalOf(await sizes()) - totalOf(before);
  // Without the room that dead rows leave to later ones.
  await sql`vacuum full analyze`;
  const rows = [...(await sizes())]
    .map(([name, size]) => ({
      name,
      table: (size.table - (before.get(name)?.table ?? 0)) / events,
      indexes: (size.indexes - (before.get(name)?.indexes ?? 0)) / events,
    }))
    .filter(({ table, indexes }) => table + indexes >= 1)
    .toSorted((a, b) => b.table + b.indexes - a.table - a.indexes);
  const total = rows.reduce((sum, { table, indexes }) => sum + table + indexes, 0);
  const [accepting, delivering] = [(accepted - start) / events, (delivered - accepted) / events];
  report({
    title: "Storage: bytes per delivered event of 1 KB",
    head: ["table", "rows and TOAST", "indexes", "together"],
    rows: [
      ...rows.map(({ name, table, indexes }) => [name, number(table), number(indexes), number(table + indexes)]),
      ["**all**", "", "", number(total)],
      ["**all, with the room of dead rows**", "", "", number(written / events)],
      ["**WAL**", `accepting ${number(accepting)}`, `delivering ${number(delivering)}`, number(accepting + delivering)],
    ],
    goals: [
      atMost("bytes per event", MOST_BYTES, total, " B"),
      atMost("WAL per delivered event", MOST_WAL_BYTES, accepting + delivering, " B"),
    ],
    notes: [`${number(events)} events, after \`vacuum full\`, without autovacuum before; Postgres ${cluster.version}.`],
  });
} finally {
  await desk.close();
  await cluster.remove();
}

async function acceptAll(): Promise<void> {
  const prepared = prepareEvents({ count: events, prefix: "storage" });
  let next = 0;
  const client = async () => {
    while (next < events) {
      const { status } = await send("stripe", prepared[next++]);
      if (status !== 200) throw new Error(`An event was answered ${status}.`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}

async function walPosition(): Promise<number> {
  const [row] = await sql`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as at`;
  return row?.at;
}

function totalOf(of: Awaited<ReturnType<typeof sizes>>): number {
  return [...of.values()].reduce((sum, { table, indexes }) => sum + table + indexes, 0);
}

async function sizes(): Promise<Map<string, { table: number; indexes: number }>> {
  // Partitions count as their parent.
  const rows = await sql`
    select coalesce(pg_partition_root(c.oid)::regclass::text, c.relname) as name,
      sum(pg_table_size(c.oid))::float8 as table, sum(pg_indexes_size(c.oid))::float8 as indexes
    from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1`;
  return new Map(rows.map(({ name, table, indexes }) => [name, { table, indexes }]));
}
