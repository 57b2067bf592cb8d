/**
 * Preparation before Redrive takes its first webhook, whatever started it: `npm start`, `npm run worker`, `next start` or a
 * serverless host. An event that is accepted before its destinations exist would be ignored for good.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { call, DatabaseError, DatabaseUnavailable } from "@/lib/db/client";
import { migrate } from "@/lib/db/migrate";
import { configureDestinations } from "@/lib/destinations/configure";
import { ConfigurationError, environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { ensurePartitions } from "@/lib/retention/partitions";
import { startTracing } from "@/lib/tracing/tracing";
import { checkConfiguration, checkDurability, checkEncryptionKey } from "./checks";

/** A database that starts at the same time is ready by then. */
const WAIT_FOR_DATABASE_MS = 60_000;
const TRY_AGAIN_AFTER_MS = 1_000;

interface Preparation {
  promise?: Promise<void>;
}

interface Options {
  say?: (line: string) => void;
  /** False for a worker: the web process configures the destinations, whatever environment a worker was given. */
  destinations?: boolean;
}

/**
 * Checks the configuration, migrates, writes the configured destinations and the first alert rules, makes partitions, checks
 * the encryption key, and starts the traces if they are configured. Runs once per process, however often it is called, and
 * again after a failure. Waits up to a minute for the database. Throws `ConfigurationError` with what to change.
 */
export function prepare(options: Options = {}): Promise<void> {
  const preparation = processSingleton<Preparation>("preparation", () => ({}));
  preparation.promise ??= run(options).catch((error) => {
    preparation.promise = undefined;
    throw error;
  });
  return preparation.promise;
}

async function run({ say = (line) => log("prepare", { line }), destinations = true }: Options): Promise<void> {
  const giveUpAt = Date.now() + WAIT_FOR_DATABASE_MS;
  checkConfiguration(environment());
  await startTracing();
  for (let saidSo = false; ; saidSo = true) {
    try {
      return await prepareDatabase(say, destinations);
    } catch (error) {
      if (!isAway(error)) throw error;
      if (Date.now() > giveUpAt) throw new ConfigurationError(`The database does not answer: ${wordsOf(error)}.`);
      if (!saidSo) say(`Waiting for the database: ${wordsOf(error)}`);
      await sleep(TRY_AGAIN_AFTER_MS);
    }
  }
}

async function prepareDatabase(say: (line: string) => void, destinations: boolean): Promise<void> {
  const { DATABASE_URL, SUPABASE_URL, mode } = environment();
  if (DATABASE_URL && !SUPABASE_URL) {
    if (mode === "production") await checkDurability(DATABASE_URL);
    await migrate(DATABASE_URL, say);
  }
  try {
    if (destinations) await configureDestinations();
    await call("pipeline", "add_first_rules", {});
    // The worker makes them, too, and the last one takes every id: nothing waits for them.
    await ensurePartitions().catch((error: unknown) => logError("partitions_not_made", error, {}));
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== "PGRST202") throw error;
    throw new ConfigurationError(
      "The Supabase project is not migrated: run `npx supabase link` and `npx supabase db push`.",
    );
  }
  await checkEncryptionKey();
}

/** The database is not reachable yet, or starting up. Any other error does not pass by itself. */
function isAway(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code ?? "");
  return (
    error instanceof DatabaseUnavailable ||
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|CONNECT_TIMEOUT|CONNECTION_\w+|57P03|53300|ENOENT)$/.test(
      code,
    )
  );
}

function wordsOf(error: unknown): string {
  return (error as Error).message.replace(/(:\/\/[^:/\s]+:)[^@\s]+@/g, "$1***@");
}
