/** Databases for tests: each a fresh copy of a migrated template, on the cluster of cluster.ts. */
import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { createDatabase } from "../../lib/db/throwaway";

export const TEMPLATE = "redrive_template";

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A migrated, empty database of its own, in about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server)
    throw new Error("TEST_POSTGRES_URL is not set: this vitest project lacks tests/support/global-setup.ts.");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = await createDatabase(server, name, TEMPLATE);
  return { url, drop: () => execute(server, `drop database if exists "${name}" with (force)`) };
}

/** Runs one statement on a connection of its own. */
export async function execute(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
