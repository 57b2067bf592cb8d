/**
 * Brings a Postgres to the schema of this version: applies supabase/migrations with the Supabase CLI. Called at boot, by
 * every instance, for the embedded Postgres and for DATABASE_URL. With SUPABASE_URL there is no database connection:
 * migrating is then the operator's job (`npx supabase db push`).
 */
import postgres from "postgres";
import { localVersions } from "./migrations";
import { cliUrl, ROOT, supabase } from "./supabase-cli";

/** Any number that nothing else locks: "redrive" on a telephone keypad. */
const LOCK = 7_337_483;

/** Applies what is missing. Of several instances at once, one migrates and the others wait. Throws with the CLI's words. */
export async function migrate(url: string, say: (line: string) => void): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    if ((await missing(sql)).length === 0) return;
    // The lock belongs to a transaction, so that it holds through a pooler too.
    await sql.begin(async (transaction) => {
      const [taken] = await transaction`select pg_try_advisory_xact_lock(${LOCK}) as ok`;
      if (!taken?.ok) {
        say("Waiting for another instance that migrates the database");
        await transaction`select pg_advisory_xact_lock(${LOCK})`;
      }
      const versions = await missing(transaction);
      if (versions.length === 0) return;
      say(`Migrating the database: ${versions.length} ${versions.length === 1 ? "migration" : "migrations"}`);
      await supabase("db", "push", `--remote=${cliUrl(url)}`, "--yes", "--skip-vault");
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Local versions that the database has not seen yet. */
async function missing(sql: postgres.Sql | postgres.TransactionSql): Promise<string[]> {
  const [history] = await sql`select to_regclass('supabase_migrations.schema_migrations') as name`;
  const applied = history?.name ? await sql`select version from supabase_migrations.schema_migrations` : [];
  const known = new Set(applied.map((row) => row.version));
  return localVersions(ROOT).filter((version) => !known.has(version));
}
