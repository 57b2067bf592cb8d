/** The role that reads the views of the runbooks, and nothing else: see supabase/reader.sql. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ConfigurationError } from "../env";
import { openPool } from "./connection-options";

const ROLE = "redrive_reader";
const INSUFFICIENT_PRIVILEGE = "42501";
export const READER_SQL = path.resolve("supabase/reader.sql");

/**
 * Makes the role, or gives it a new password. Returns the URL that it connects with. Throws `ConfigurationError` when the role
 * of `databaseUrl` may not create roles.
 */
export async function makeReader(databaseUrl: string): Promise<string> {
  const password = randomBytes(18).toString("base64url");
  const sql = openPool(databaseUrl, { max: 1 });
  try {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(readFileSync(READER_SQL, "utf8"));
      // The password is base64url: it has no quote.
      await transaction.unsafe(`alter role ${ROLE} login password '${password}'`);
    });
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new ConfigurationError(
      `The role of DATABASE_URL may not create roles. Let an administrator of the database run ${READER_SQL}, and then: ` +
        `alter role ${ROLE} login password '…';`,
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
  const url = new URL(databaseUrl);
  url.username = ROLE;
  url.password = password;
  return url.href;
}
