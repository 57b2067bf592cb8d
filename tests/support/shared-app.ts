/**
 * An app for API tests: `server.ts` on a copy of the migrated template, which starts in a third of the time of local
 * mode (no cluster to create, nothing to migrate). One per test file, because vitest runs each in a process of its own.
 */
import postgres from "postgres";
import { type AgentSdk, type AgentSdkOptions, startAgentSdk } from "../tools/agent-sdk";
import { type RunningApp, startApp } from "./app";
import { createTestDatabase } from "./postgres";
import { appEnvironment, SINK_SECRET } from "./processes";

export interface SharedApp extends RunningApp {
  sql: postgres.Sql;
  /** The Agent SDK that Chatwoot events go to. */
  sink: AgentSdk;
  close(): Promise<void>;
}

export async function openApp(env: Record<string, string> = {}, sinkOptions: AgentSdkOptions = {}): Promise<SharedApp> {
  const database = await createTestDatabase();
  const sink = await startAgentSdk({ port: 0, secret: SINK_SECRET, ...sinkOptions });
  const app = await startApp({ env: appEnvironment(sink, { DATABASE_URL: database.url, ...env }) });
  const sql = postgres(database.url, { max: 2, onnotice: () => {} });
  return {
    ...app,
    sql,
    sink,
    async close() {
      await app.stop();
      await sink.close();
      await sql.end({ timeout: 2 });
      await database.drop();
    },
  };
}
