/**
 * Migrates a Postgres to the schema of this version: applies supabase/migrations, each file in one transaction, and records
 * it where the Supabase CLI does, so that `npx supabase db push` gives the same result. Called at the start of every
 * process, for the embedded Postgres and for DATABASE_URL. With SUPABASE_URL there is no database connection: migrating is
 * then the operator's job.
 */
import { readFileSync } from "node:fs";
import type postgres from "postgres";
import { ConfigurationError } from "../env";
import { openPool } from "./connection-options";
import { localMigrations, type Migration } from "./migrations";

/** An arbitrary number that no other program locks: "redrive" on a telephone keypad. */
const LOCK = 7_337_483;
const CONNECT_TIMEOUT_S = 10;
/** A migration that waits longer for a table would delay every webhook behind it. */
const LOCK_TIMEOUT = "10s";

const INSUFFICIENT_PRIVILEGE = "42501";
const LOCK_NOT_AVAILABLE = "55P03";

/** Applies the missing migrations. When several processes start at once, one applies each migration and the others wait. */
export async function migrate(url: string, say: (line: string) => void): Promise<void> {
  const sql = openPool(url, { max: 1, connect_timeout: CONNECT_TIMEOUT_S });
  try {
    const due = await missing(sql);
    if (due.length === 0) return;
    const roles = await existingRoles(sql);
    const applied: string[] = [];
    for (const migration of due) if (await apply(sql, migration, roles)) applied.push(migration.name);
    if (applied.length > 0) say(`Migrated the database: ${applied.join(", ")}`);
  } catch (error) {
    throw explained(error);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The migrations of this version that the database does not have. */
export async function missing(sql: postgres.Sql | postgres.TransactionSql): Promise<Migration[]> {
  const [history] = await sql`select to_regclass('supabase_migrations.schema_migrations') as name`;
  const applied = history?.name ? await sql`select version from supabase_migrations.schema_migrations` : [];
  const known = new Set(applied.map((row) => row.version));
  return localMigrations().filter(({ version }) => !known.has(version));
}

/** False when another process has applied it meanwhile. */
async function apply(sql: postgres.Sql, { version, name, file }: Migration, roles: Set<string>): Promise<boolean> {
  const isMine = await sql.begin(async (transaction) => {
    // The lock belongs to the transaction, so that it also works through a pooler.
    await transaction`select pg_advisory_xact_lock(${LOCK})`;
    await transaction.unsafe(HISTORY);
    const [done] = await transaction`select from supabase_migrations.schema_migrations where version = ${version}`;
    if (done) return false;
    await transaction.unsafe(`set local lock_timeout = '${LOCK_TIMEOUT}'; set local statement_timeout = 0`);
    const text = readFileSync(file, "utf8");
    await transaction.unsafe(withoutMissingRoles(text, roles));
    await transaction`
      insert into supabase_migrations.schema_migrations (version, name, statements)
      values (${version}, ${name}, ${[text]})`;
    return true;
  });
  // The first migration creates the roles, where that is allowed.
  for (const role of await existingRoles(sql)) roles.add(role);
  return isMine;
}

/** The same table as the Supabase CLI creates. */
const HISTORY = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (
    version text primary key, statements text[], name text
  );`;

/** The roles of a Supabase project. */
const ROLES = ["anon", "authenticated", "service_role"];

async function existingRoles(sql: postgres.Sql): Promise<Set<string>> {
  const rows = await sql`select rolname from pg_roles where rolname = any (${ROLES})`;
  return new Set(rows.map((row) => String(row.rolname)));
}

/**
 * The owner of a database may not be allowed to create roles. Redrive then works only as the owner, and grants to (and
 * revokes from) roles that do not exist are left out. Generated migrations have each grant on a line of its own.
 */
export function withoutMissingRoles(text: string, roles: Set<string>): string {
  if (ROLES.every((role) => roles.has(role))) return text;
  return text.replace(/^((?:GRANT|REVOKE)\b[^;]*?\b(?:TO|FROM) )([^;]*);/gm, (_, before: string, names: string) => {
    const left = names.split(/\s*,\s*/).filter((name) => {
      const role = name.replaceAll('"', "");
      return !ROLES.includes(role) || roles.has(role);
    });
    return left.length > 0 ? `${before}${left.join(", ")};` : "";
  });
}

/** Explains the two errors that an operator can fix. */
function explained(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code === INSUFFICIENT_PRIVILEGE) {
    return new ConfigurationError(
      `The role of DATABASE_URL may not migrate this database: ${message}. Let it own the database: ` +
        "alter database <name> owner to <role>;",
    );
  }
  if (code === LOCK_NOT_AVAILABLE) {
    return new ConfigurationError(
      `The database could not be migrated: another statement held a table for ${LOCK_TIMEOUT}. Start again.`,
    );
  }
  return error;
}
