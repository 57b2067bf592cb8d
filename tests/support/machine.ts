/**
 * Files run side by side, and a test that measures time runs alone: it begins with `alone`. An advisory lock on the
 * cluster of the run decides, so it holds across processes: shared by each file, exclusive for such a test, which starts
 * once the tests that run elsewhere have ended. A vitest setup file of each project with a database.
 */
import postgres from "postgres";
import { afterAll, afterEach } from "vitest";

/** Any number: the lock is in the cluster's own database, which the product never uses. */
const MACHINE = 7_337_484;

const server = process.env.TEST_POSTGRES_URL;
if (!server) throw new Error("TEST_POSTGRES_URL is not set: this vitest project lacks tests/support/global-setup.ts.");
const sql = postgres(server, { max: 1, max_lifetime: null, onnotice: () => {} });
await sql`select pg_advisory_lock_shared(${MACHINE})`;

let isAlone = false;

/** Between two tests the next waiting test gets the machine: Postgres grants locks in the order of requests. */
afterEach(async () => {
  if (isAlone) await sql`select pg_advisory_unlock(${MACHINE})`;
  else await sql`select pg_advisory_unlock_shared(${MACHINE})`;
  isAlone = false;
  await sql`select pg_advisory_lock_shared(${MACHINE})`;
});
afterAll(() => sql.end({ timeout: 2 }));

/** First in a test with a time limit: from here to its end no other test runs on the machine. */
export async function alone(): Promise<void> {
  await sql`select pg_advisory_unlock_shared(${MACHINE})`;
  await sql`select pg_advisory_lock(${MACHINE})`;
  isAlone = true;
}
