/** `npm start`: starts everything Redrive needs, in the order it is needed. */
import { createFirstAdministrator, FIRST_ADMINISTRATOR } from "./lib/boot/administrator";
import { ensureBuild } from "./lib/boot/build";
import { checkConfiguration } from "./lib/boot/checks";
import { checkDataDir, fileProblem } from "./lib/boot/data-dir";
import { createHttpServer } from "./lib/boot/http";
import { keepAddress } from "./lib/boot/kept-address";
import { loadLocalSecrets } from "./lib/boot/local";
import { lockDataDir } from "./lib/boot/lock";
import { startedByServer } from "./lib/boot/next-start";
import { prepare } from "./lib/boot/prepare";
import { sendCommand } from "./lib/boot/send-command";
import { onShutdown, shutDown, shutDownOnSignals, surviveWhatIsSafe } from "./lib/boot/shutdown";
import { closeDatabase } from "./lib/db/client";
import { startPostgres } from "./lib/db/embedded";
import { listensOn } from "./lib/destinations/ourselves";
import { ConfigurationError, environment } from "./lib/env";
import { startWorker } from "./lib/pipeline/worker";
import { stopTracing } from "./lib/tracing/tracing";

/** Requests under way get this long to end; the worker and Postgres need the rest of the 30 seconds. */
const REQUESTS_END_MS = 10_000;

const root = import.meta.dirname;
const say = (line: string) => console.log(`  ${line}`);

shutDownOnSignals();
surviveWhatIsSafe();
try {
  await boot();
} catch (error) {
  const known = error instanceof ConfigurationError ? error.message : fileProblem(environment().dataDir, error);
  console.error(known ? `\n${known}\n` : error);
  await shutDown(1);
}

async function boot(): Promise<void> {
  Object.assign(process.env, { NODE_ENV: process.env.NODE_ENV || "production" });
  const dev = process.env.NODE_ENV === "development";
  const { mode, dataDir } = environment();
  console.log("\nRedrive\n");

  if (mode === "local") {
    checkDataDir(dataDir);
    onShutdown("lock", await lockDataDir(dataDir));
    loadLocalSecrets(dataDir);
  }
  checkConfiguration(environment());

  if (mode === "local") await startEmbeddedPostgres(dataDir);
  onShutdown("database connections", closeDatabase);
  onShutdown("traces", stopTracing);
  await prepare({ say });
  startedByServer().value = true;
  if (!dev) await ensureBuild(root, say);

  const { PORT, PUBLIC_URL, WORKER_IN_SERVER } = environment();
  // Next is loaded here and not above, because it reads NODE_ENV when it is loaded. The server it is given never listens:
  // Next would attach its own upgrade handler to it.
  const { default: next } = await import("next");
  const { Server } = await import("node:http");
  const app = next({ dev, dir: root, port: PORT, httpServer: new Server() });
  await app.prepare();
  onShutdown("next", () => app.close());

  const server = createHttpServer(app.getRequestHandler(), dev ? app.getUpgradeHandler() : undefined);
  const port = await server.listen(PORT);
  listensOn(port);
  if (mode === "local") onShutdown("address", keepAddress(dataDir, port));
  const address = PUBLIC_URL ?? `http://localhost:${port}`;
  nameOurselves(address, PUBLIC_URL !== undefined, mode);

  const worker = WORKER_IN_SERVER ? startWorker() : undefined;
  // Together: a request that waits for a replay needs the worker to end.
  onShutdown("requests and worker", () => Promise.all([server.drain(REQUESTS_END_MS), worker?.stop()]));

  // Last, because its password is shown only this once: no later step may fail.
  welcome(address, await createFirstAdministrator(), sendCommand());
}

async function startEmbeddedPostgres(dataDir: string): Promise<void> {
  const postgres = await startPostgres(dataDir);
  onShutdown("postgres", postgres.stop);
  postgres.supervise(() => {});
  say(`Postgres ${postgres.adopted ? "was running already" : "started"} in ${postgres.directory}`);
  process.env.DATABASE_URL = postgres.url;
  // Health checks the disk of this directory.
  process.env.REDRIVE_EMBEDDED = postgres.directory;
}

/** next-auth builds links and cookies from this. In local mode, people may use any name of this machine. */
function nameOurselves(address: string, isPublic: boolean, mode: "local" | "production"): void {
  if (mode === "local" && !isPublic) process.env.AUTH_TRUST_HOST ??= "1";
  else process.env.NEXTAUTH_URL ??= address;
}

function welcome(address: string, password: string | undefined, command: string): void {
  console.log(`
  Console      ${address}
  ${password ? `Sign in      ${FIRST_ADMINISTRATOR}\n  Password     ${password}   (shown this once)` : `Sign in      with your account   (forgotten? npm run password -- ${FIRST_ADMINISTRATOR})`}
  Try it       ${command}
`);
}
