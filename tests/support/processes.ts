/** What every started app of a test needs: secrets the test knows, too, a sink it can watch, and its database's address. */
import { createHash } from "node:crypto";
import postgres from "postgres";
import { type SignedToken, signToken } from "../../lib/auth/tokens";
import { runningPostgresUrl } from "../../lib/db/embedded";
import { TEST_ENVIRONMENT } from "../fixtures/sign";
import type { AgentSdk } from "../tools/agent-sdk";
import { type StartedApp, startedApps } from "./started-apps";

/** Like a generated secret: an app does not start with 24 equal bytes. */
export const SINK_SECRET = `whsec_${createHash("sha256").update("sink").digest().subarray(0, 24).toString("base64")}`;
const API_TOKEN_SECRET = "tests-only-api-token-secret-0123456789";

export const APP_ENVIRONMENT: Readonly<Record<string, string>> = {
  ...TEST_ENVIRONMENT,
  API_TOKEN_SECRET,
  NEXTAUTH_SECRET: "tests-only-nextauth-secret-0123456789",
  CRON_SECRET: "tests-only-cron-secret-0123456789",
  AGENT_SDK_SECRET: SINK_SECRET,
  ENCRYPTION_KEY: Buffer.alloc(32, 3).toString("base64"),
  EGRESS_ALLOW_PRIVATE: "127.0.0.0/8",
  // All tests send from one address, many of them forged requests. tests/api/sender-limit.test.ts has the default.
  MAX_FORGED_PER_MINUTE: "0",
};

/** The environment of an app that forwards to `sink`. */
export function appEnvironment(sink: AgentSdk, more: Record<string, string> = {}): Record<string, string> {
  return { ...APP_ENVIRONMENT, AGENT_SDK_URL: sink.url, ...more };
}

/** A connection to the embedded Postgres of a local-mode app, in addition to the app's own. */
export async function connectTo(dataDir: string): Promise<postgres.Sql> {
  return postgres(await databaseUrlOf(dataDir), { max: 2, onnotice: () => {} });
}

export async function databaseUrlOf(dataDir: string): Promise<string> {
  const url = await runningPostgresUrl(dataDir);
  if (!url) throw new Error(`No Postgres runs in ${dataDir}.`);
  return url;
}

/** An API token that apps with `APP_ENVIRONMENT` accept, stored in the database of every app that this process started. */
export async function tokenFor(
  role: "viewer" | "support" | "super_admin",
  expiresIn = "10m",
  scope?: string,
  organisations?: string[],
): Promise<string> {
  process.env.API_TOKEN_SECRET = API_TOKEN_SECRET;
  const { token, lifeDays, record } = await signToken({
    subject: `test-${role}`,
    role,
    expiresIn,
    scope,
    organisations,
  });
  // An expired token is rejected before the lookup, and the database would not accept it.
  if (lifeDays > 0) await Promise.all([...startedApps].map((app) => writeDown(app, record)));
  return token;
}

async function writeDown(app: StartedApp, record: SignedToken["record"]): Promise<void> {
  const url = app.databaseUrl ?? (await runningPostgresUrl(app.dataDir));
  if (!url) return;
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`select record_signed_token(${record.p_name}, ${record.p_token_hash}, ${record.p_hint}, ${record.p_scopes},
      ${record.p_expires_at}, ${record.p_role ?? null}, ${record.p_organisations ?? null})`;
  } catch (error) {
    // The database of a test that has ended: 3D000 means that it was dropped.
    const { code = "" } = error as { code?: string };
    // 23505: an app that was started again uses its old database.
    if (!["3D000", "23505", "ECONNREFUSED"].includes(code)) throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Polls until `condition` holds. Throws with `what` after `limitMs`: a stop for what hangs, not a measurement. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  for (const giveUp = Date.now() + limitMs; Date.now() < giveUp; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Waited ${limitMs / 1000} s in vain until ${what}.`);
}
