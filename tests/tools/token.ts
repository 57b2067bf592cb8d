/**
 * Prints an API token, and nothing else on standard output:
 *
 *   npm run token -- --role super_admin [--subject ops] [--expires 12h]
 *   npm run token -- --organisation acme --organisation globex      for what is theirs, and nothing else
 *   npm run token -- --scope events:publish      for a service that publishes, and may do nothing else
 *
 * It is written down where Redrive finds it, so the database must answer: the embedded one of a running `npm start`, or
 * DATABASE_URL or SUPABASE_URL, with or without an app.
 */
import { parseArgs } from "node:util";
import { issueToken, USUAL_LIFE_DAYS } from "../../lib/auth/tokens";
import { loadLocalSecrets } from "../../lib/boot/local";
import { closeDatabase, DatabaseError, DatabaseUnavailable } from "../../lib/db/client";
import { runningPostgresUrl } from "../../lib/db/embedded";
import { ConfigurationError, environment } from "../../lib/env";

try {
  const { values } = parseArgs({
    options: {
      role: { type: "string", default: "viewer" },
      subject: { type: "string", default: "ops" },
      scope: { type: "string" },
      organisation: { type: "string", multiple: true },
      expires: { type: "string", default: "12h" },
    },
  });
  await findDatabase();
  const { subject, role, scope, organisation, expires } = values;
  const { token, lifeDays } = await issueToken({
    subject,
    role,
    scope,
    organisations: organisation,
    expiresIn: expires,
  });
  console.log(token);
  if (lifeDays > USUAL_LIFE_DAYS) {
    console.error(
      `This token lives for ${Math.round(lifeDays)} days, longer than the usual ${USUAL_LIFE_DAYS}. Settings › API tokens revokes it.`,
    );
  }
} catch (error) {
  console.error(reason(error as Error));
  process.exitCode = 1;
} finally {
  await closeDatabase();
}

async function findDatabase(): Promise<void> {
  const { mode, dataDir } = environment();
  if (mode !== "local") return;
  loadLocalSecrets(dataDir);
  const url = await runningPostgresUrl(dataDir);
  if (!url) {
    throw new ConfigurationError(
      `No Postgres is running in ${dataDir}, and a token must be written down. Run \`npm start\` first, or set DATABASE_URL.`,
    );
  }
  process.env.DATABASE_URL = url;
}

function reason(error: Error): string {
  if (error instanceof DatabaseUnavailable)
    return `The database does not answer, and a token must be written down: ${error.message}`;
  const isOld = error instanceof DatabaseError && error.code === "PGRST202";
  return isOld ? "The database is older than this Redrive: start Redrive once, which migrates it." : error.message;
}
