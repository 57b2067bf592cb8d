/**
 * An app for API and browser tests: `server.ts` on a copy of the migrated template, which starts in a third of the time of
 * local mode (no cluster to create, nothing to migrate). One per test file, because each runs in a process of its own.
 */
import postgres from "postgres";
import { type AgentSdk, type AgentSdkOptions, startAgentSdk } from "../tools/agent-sdk";
import { type RunningApp, startApp } from "./app";
import { createTestDatabase } from "./postgres";
import { appEnvironment, SINK_SECRET } from "./processes";

export interface AppOnCopy extends RunningApp {
  sql: postgres.Sql;
  /** Stops the app and drops its database. */
  close(): Promise<void>;
}

export interface SharedApp extends AppOnCopy {
  /** The Agent SDK that Chatwoot events go to. */
  sink: AgentSdk;
}

/** An app with this environment and a database of its own. */
export async function startOnCopy(env: Record<string, string>): Promise<AppOnCopy> {
  const database = await createTestDatabase();
  const app = await startApp({ env: { DATABASE_URL: database.url, ...env } });
  const sql = postgres(database.url, { max: 2, onnotice: () => {} });
  return {
    ...app,
    sql,
    async close() {
      await app.stop();
      await sql.end({ timeout: 2 });
      await database.drop();
    },
  };
}

/** An app that forwards to an Agent SDK of the test's own. */
export async function openApp(env: Record<string, string> = {}, sinkOptions: AgentSdkOptions = {}): Promise<SharedApp> {
  const sink = await startAgentSdk({ port: 0, secret: SINK_SECRET, ...sinkOptions });
  const app = await startOnCopy(appEnvironment(sink, env));
  return {
    ...app,
    sink,
    async close() {
      await app.close();
      await sink.close();
    },
  };
}
