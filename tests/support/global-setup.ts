/** Vitest's global setup for everything that needs Postgres: one cluster for the run, one migrated template in it. */
import { migrate } from "../../lib/db/migrate";
import { startThrowawayPostgres } from "../../lib/db/throwaway";
import { execute, TEMPLATE } from "./postgres";

export default async function setup(): Promise<undefined | (() => Promise<void>)> {
  // Another project of the same run was here before.
  if (process.env.TEST_POSTGRES_URL) return undefined;

  const cluster = await startThrowawayPostgres();
  process.env.TEST_POSTGRES_URL = cluster.url;
  try {
    await migrate(await cluster.create(TEMPLATE), () => {});
    // Nobody may be connected to a template while it is copied, not even autovacuum.
    await execute(cluster.url, `alter database ${TEMPLATE} with allow_connections false is_template true`);
  } catch (error) {
    await cluster.remove();
    throw error;
  }
  return async () => {
    delete process.env.TEST_POSTGRES_URL;
    await cluster.remove();
  };
}
