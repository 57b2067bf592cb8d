/** `npm run worker`: the worker loop alone. Any number of servers and workers may share one database. */
import { closeDatabase } from "../db/client";
import { runningPostgresUrl } from "../db/embedded";
import { ConfigurationError, environment } from "../env";
import { startWorker } from "../pipeline/worker";
import { stopTracing } from "../tracing/tracing";
import { loadLocalSecrets } from "./local";
import { prepare } from "./prepare";
import { onShutdown, shutDown, shutDownOnSignals, surviveWhatIsSafe } from "./shutdown";

shutDownOnSignals();
surviveWhatIsSafe();
try {
  await boot();
} catch (error) {
  console.error(error instanceof ConfigurationError ? error.message : error);
  await shutDown(1);
}

async function boot(): Promise<void> {
  const { mode, dataDir } = environment();
  if (mode === "local") {
    const url = await runningPostgresUrl(dataDir);
    if (!url) {
      throw new ConfigurationError(
        `No Postgres is running in ${dataDir}. Run \`npm start\` there first, or set DATABASE_URL to a database to work on.`,
      );
    }
    loadLocalSecrets(dataDir);
    process.env.DATABASE_URL = url;
  }
  onShutdown("database connections", closeDatabase);
  onShutdown("traces", stopTracing);
  await prepare({ destinations: false });
  const worker = startWorker();
  onShutdown("worker", () => worker.stop());
}
