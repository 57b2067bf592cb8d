/** What every started app of a test needs: secrets the test knows too, a sink it can watch, and its database's address. */
import postgres from "postgres";
import { issueToken } from "../../lib/auth/tokens";
import { runningPostgresUrl } from "../../lib/db/embedded";
import { TEST_ENVIRONMENT } from "../fixtures/sign";
import type { AgentSdk } from "../tools/agent-sdk";

export const SINK_SECRET = `whsec_${Buffer.alloc(24, 9).toString("base64")}`;
const API_TOKEN_SECRET = "tests-only-api-token-secret-0123456789";

export const APP_ENVIRONMENT: Readonly<Record<string, string>> = {
  ...TEST_ENVIRONMENT,
  API_TOKEN_SECRET,
  NEXTAUTH_SECRET: "tests-only-nextauth-secret-0123456789",
  CRON_SECRET: "tests-only-cron-secret-0123456789",
  AGENT_SDK_SECRET: SINK_SECRET,
  ENCRYPTION_KEY: Buffer.alloc(32, 3).toString("base64"),
  EGRESS_ALLOW_PRIVATE: "127.0.0.0/8",
};

/** The environment of an app that forwards to `sink`. */
export function appEnvironment(sink: AgentSdk, more: Record<string, string> = {}): Record<string, string> {
  return { ...APP_ENVIRONMENT, AGENT_SDK_URL: sink.url, ...more };
}

/** A connection to the embedded Postgres of a local-mode app, beside the app's own. */
export async function connectTo(dataDir: string): Promise<postgres.Sql> {
  return postgres(await databaseUrlOf(dataDir), { max: 2, onnotice: () => {} });
}

export async function databaseUrlOf(dataDir: string): Promise<string> {
  const url = await runningPostgresUrl(dataDir);
  if (!url) throw new Error(`No Postgres runs in ${dataDir}.`);
  return url;
}

/** An API token that apps with `APP_ENVIRONMENT` believe. */
export function tokenFor(
  role: "viewer" | "support" | "super_admin",
  expiresIn = "10m",
  scope?: string,
  organisations?: string[],
): Promise<string> {
  process.env.API_TOKEN_SECRET = API_TOKEN_SECRET;
  return issueToken({ subject: `test-${role}`, role, expiresIn, scope, organisations });
}

/** Looks until `condition` holds. Throws with `what` when it does not within `limitMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 15_000,
): Promise<void> {
  for (const giveUp = Date.now() + limitMs; Date.now() < giveUp; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Waited ${limitMs / 1000} s in vain until ${what}.`);
}
