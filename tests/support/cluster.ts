/** One cluster for all tests of a run, with one migrated template in it. Its address is TEST_POSTGRES_URL. */
import { statfsSync } from "node:fs";
import os from "node:os";
import { migrate } from "../../lib/db/migrate";
import { startThrowawayPostgres } from "../../lib/db/throwaway";
import { execute, TEMPLATE } from "./postgres";

/** In memory, so that no test waits for a disk. Postgres keeps its settings, which the product checks. */
const MEMORY = "/dev/shm";
const ROOM_BYTES = 4 * 2 ** 30;

/** Each running file connects itself, an app and its worker. */
const SETTINGS = ["max_connections=500"];

/** Starts it, unless a cluster was started for this run before. Returns the function that ends what was started here. */
export async function startTestCluster(): Promise<() => Promise<void>> {
  if (process.env.TEST_POSTGRES_URL) return async () => {};

  const cluster = await startThrowawayPostgres({ directory: hasRoom() ? MEMORY : os.tmpdir(), settings: SETTINGS });
  process.env.TEST_POSTGRES_URL = cluster.url;
  const end = async () => {
    delete process.env.TEST_POSTGRES_URL;
    await cluster.remove();
  };
  try {
    await migrate(await cluster.create(TEMPLATE), () => {});
    // Nothing may be connected to a template while it is copied, not even autovacuum.
    await execute(cluster.url, `alter database ${TEMPLATE} with allow_connections false is_template true`);
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}

/** In containers it is often 64 MB. What is written there is taken from the memory of what runs. */
function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM_BYTES && os.freemem() >= ROOM_BYTES;
  } catch {
    return false;
  }
}
