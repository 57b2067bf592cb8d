/** The Postgres of a bench: on the disk, with Postgres' own durability, and one database per system that is measured. */
import os from "node:os";
import postgres from "postgres";
import { migrate } from "../../lib/db/migrate";
import { startThrowawayPostgres } from "../../lib/db/throwaway";
import { createTestDatabase, execute, TEMPLATE } from "../../tests/support/postgres";
import { parentOf } from "./cpu";

export interface BenchCluster {
  url: string;
  /** The root of its process tree. */
  pid: number;
  version: string;
  /** An empty database for another system, and its URL. */
  create(name: string): Promise<string>;
  /** A migrated database of Redrive, and its URL. */
  redrive(): Promise<string>;
  remove(): Promise<void>;
}

/** Starts it in memory-backed storage never: what a commit costs is part of every figure here. */
export async function startBenchCluster(settings: string[] = []): Promise<BenchCluster> {
  const cluster = await startThrowawayPostgres({ directory: os.tmpdir(), settings });
  // Apps of tests/support take copies of this template on this cluster.
  process.env.TEST_POSTGRES_URL = cluster.url;
  await migrate(await cluster.create(TEMPLATE), () => {});
  await execute(cluster.url, `alter database ${TEMPLATE} with allow_connections false is_template true`);
  const { pid, version } = await postmasterOf(cluster.url);
  return {
    url: cluster.url,
    pid,
    version,
    create: (name) => cluster.create(name),
    redrive: async () => (await createTestDatabase()).url,
    remove: () => cluster.remove(),
  };
}

/** The process and the version behind an address on this machine. */
export async function postmasterOf(url: string): Promise<{ pid: number; version: string }> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql`select pg_backend_pid() as pid, current_setting('server_version') as version`;
    return { pid: parentOf(row?.pid), version: row?.version };
  } finally {
    await sql.end({ timeout: 1 });
  }
}
