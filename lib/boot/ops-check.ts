/**
 * `npm run ops:check -- <provider or destination>`: asks it whether it works, prints the lines of runbook 003 and writes
 * artifacts/ops/<name>_health_<time>.json. Without a name: all that are configured. `npm run ops:check-chatwoot-health` is
 * the same for Chatwoot. Ends with 0 when all is well, 1 when something failed, 2 when there was nothing to check.
 * Providers and the Agent SDK need only the environment; other destinations are read from the database.
 */
import { closeDatabase, DatabaseError, DatabaseUnavailable } from "../db/client";
import { runningPostgresUrl } from "../db/embedded";
import { ConfigurationError, environment } from "../env";
import { type Check, isOk, report } from "../ops/check";
import { checkAgentSdk, checkDestinations } from "../ops/check-destination";
import { checkProvider, variablesOf } from "../ops/check-provider";
import { senders } from "../providers";
import { findProviderWithApi } from "../reconciliation/session";
import { loadLocalSecrets } from "./local";

const named = process.argv[2];
try {
  const checks = named === undefined ? await checkAll() : await checkOne(named);
  for (const check of checks) console.log(report(check, new Date()).join("\n"));
  if (checks.length === 0) throw new ConfigurationError("Nothing is configured that could be checked.");
  process.exitCode = checks.every(isOk) ? 0 : 1;
} catch (error) {
  const isExpected = [ConfigurationError, DatabaseUnavailable, DatabaseError].some((kind) => error instanceof kind);
  if (!isExpected) throw error;
  console.error((error as Error).message);
  process.exitCode = 2;
} finally {
  await closeDatabase();
}

async function checkOne(name: string): Promise<Check[]> {
  const provider = findProviderWithApi(name);
  if (provider) {
    const check = await checkProvider(provider);
    if (check) return [check];
    throw new ConfigurationError(`${provider.label} has no key: set ${variablesOf(provider).join(" and ")}.`);
  }
  if (await findDatabase()) {
    const found = await checkDestinations(name);
    if (found.length > 0) return found;
  } else if (name === "agent-sdk") return [await checkAgentSdk()];
  const providers = senders.filter(({ api }) => api !== undefined).map(({ slug }) => slug);
  throw new ConfigurationError(
    `Nothing is called "${name}". Providers: ${providers.join(", ")}. Destinations are called by slug, id or name, and need a database that answers.`,
  );
}

async function checkAll(): Promise<Check[]> {
  const providers = senders.flatMap(({ slug }) => findProviderWithApi(slug) ?? []);
  const checks = await Promise.all(providers.map((provider) => checkProvider(provider)));
  const destinations = (await findDatabase()) ? await checkDestinations() : await configuredAgentSdk();
  return [...checks.filter((check) => check !== undefined), ...destinations];
}

/** Without a database only what the operator has named. */
async function configuredAgentSdk(): Promise<Check[]> {
  return environment().AGENT_SDK_URL ? [await checkAgentSdk()] : [];
}

/** Whether there is a database: the one of the environment, or that of a running `npm start`. */
async function findDatabase(): Promise<boolean> {
  const { mode, dataDir } = environment();
  if (mode !== "local") return true;
  const url = await runningPostgresUrl(dataDir);
  if (!url) return false;
  loadLocalSecrets(dataDir);
  process.env.DATABASE_URL = url;
  return true;
}
