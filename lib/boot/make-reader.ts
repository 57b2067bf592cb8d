/** `npm run reader`: makes the role that reads the views of the runbooks, and shows how to connect with it, once. */
import { runningPostgresUrl } from "../db/embedded";
import { makeReader, READER_SQL } from "../db/reader";
import { ConfigurationError, environment } from "../env";

try {
  console.log(`Connect with   ${await makeReader(await databaseUrl())}   (shown this once)`);
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function databaseUrl(): Promise<string> {
  const { mode, dataDir, DATABASE_URL } = environment();
  if (DATABASE_URL) return DATABASE_URL;
  if (mode === "production") {
    throw new ConfigurationError(`With SUPABASE_URL, run ${READER_SQL} in the SQL editor of the project.`);
  }
  const url = await runningPostgresUrl(dataDir);
  if (!url) throw new ConfigurationError(`No Postgres is running in ${dataDir}. Run \`npm start\` first.`);
  return url;
}
