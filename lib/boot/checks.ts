/** Checks before Redrive answers requests. Local mode generates what is missing; production refuses to start. */
import { isSingleSignOnWanted, singleSignOn } from "../auth/single-sign-on/configuration";
import { call } from "../db/client";
import { openPool } from "../db/connection-options";
import { activeSecrets, openHeaders } from "../destinations/secrets";
import { ConfigurationError, type Environment, secretsFrom } from "../env";
import { readProxies } from "../front/proxies";
import { log } from "../log";
import { readNetworks } from "../outbound/addresses";
import { senders } from "../providers";
import { weakness } from "./weak-secrets";

/** Settings without which an accepted event can be lost when the database's machine fails. */
const DURABLE = ["fsync", "full_page_writes", "synchronous_commit"] as const;

/** Throws one `ConfigurationError` that names everything that is missing or dangerous. */
export function checkConfiguration(env: Environment): void {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === "0") {
    throw new ConfigurationError("NODE_TLS_REJECT_UNAUTHORIZED=0 lets anybody read what is sent: remove it to start.");
  }
  // Read here, so that a mistake in it stops the start and not the deliveries.
  readNetworks(env.EGRESS_ALLOW_PRIVATE);
  readProxies(env.TRUSTED_PROXIES);
  const singleSignOnIs = singleSignOn();
  // Not a reason to refuse the start: people still have their passwords, and webhooks must be accepted.
  if ("off" in singleSignOnIs && isSingleSignOnWanted()) log("configuration", { problem: singleSignOnIs.off });
  if (env.mode === "local") return;
  checkAddresses();
  checkStrength();

  const missing: string[] = [];
  if (!env.NEXTAUTH_SECRET) missing.push("NEXTAUTH_SECRET (signs sessions of the console)");
  if (!env.API_TOKEN_SECRET) missing.push("API_TOKEN_SECRET (signs API tokens)");
  if (env.SUPABASE_URL && !env.SUPABASE_SECRET_KEY) missing.push("SUPABASE_SECRET_KEY (the project's secret key)");
  const variables = senders.map((provider) => provider.secretsVariable);
  if (!variables.some((variable) => secretsFrom(variable).length > 0)) {
    missing.push(`at least one provider's secret: ${variables.join(", ")}`);
  }
  if (missing.length > 0) {
    throw new ConfigurationError(
      `These variables must be set when DATABASE_URL or SUPABASE_URL is:\n${missing.map((one) => `  ${one}`).join("\n")}\n` +
        "Generate a secret with `openssl rand -hex 32`. Without DATABASE_URL and SUPABASE_URL, all of them are generated.",
    );
  }
}

/** Without HTTPS, people would send passwords and sessions in the clear, and the cookie could not be bound to HTTPS. */
function checkAddresses(): void {
  for (const variable of ["PUBLIC_URL", "NEXTAUTH_URL"]) {
    const value = process.env[variable];
    if (!value || !URL.canParse(value)) continue;
    const { protocol, hostname } = new URL(value);
    if (protocol === "https:" || isLoopback(hostname)) continue;
    throw new ConfigurationError(
      `${variable} is ${value}: passwords and sessions would cross the network in the clear. Set it to the https:// address ` +
        "that people use, also when a proxy ends TLS in front of Redrive.",
    );
  }
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|(.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Every secret that an operator chooses. A provider's secrets are not ours to judge. */
const CHOSEN = [
  "NEXTAUTH_SECRET",
  "API_TOKEN_SECRET",
  "CRON_SECRET",
  "AGENT_SDK_SECRET",
  "MITTO_URL_TOKEN",
  "HEYREACH_URL_TOKEN",
] as const;

function checkStrength(): void {
  const weak = CHOSEN.flatMap((variable) =>
    (process.env[variable] ?? "")
      .split(/[\s,]+/)
      .filter((value) => value !== "")
      .map((value) => weakness(value.replace(/^whsec_/, "")))
      .filter((problem) => problem !== null)
      .map((problem) => `  ${variable} ${problem}`),
  );
  if (weak.length === 0) return;
  throw new ConfigurationError(
    `These secrets protect nothing:\n${[...new Set(weak)].join("\n")}\nGenerate each with \`openssl rand -hex 32\`` +
      " (AGENT_SDK_SECRET: whsec_ and `openssl rand -base64 24`).",
  );
}

/** Refuses to start without the key that encrypted the destinations' secrets: their deliveries could only fail. */
export async function checkEncryptionKey(): Promise<void> {
  const sealed = await call("pipeline", "find_sealed_destination", {});
  if (!sealed) return;
  activeSecrets(sealed);
  openHeaders(sealed);
}

/** Refuses a Postgres that acknowledges commits before they are durable. Checks with the role and database of Redrive. */
export async function checkDurability(url: string): Promise<void> {
  const sql = openPool(url, { max: 1, connect_timeout: 10 });
  try {
    const off: string[] = [];
    for (const setting of DURABLE) {
      const [row] = await sql`select current_setting(${setting}) as value`;
      if (row?.value === "off") off.push(setting);
    }
    if (off.length > 0) {
      throw new ConfigurationError(
        `This Postgres runs with ${off.join(" and ")} off, so an acknowledged webhook could be lost. Turn it on to start.`,
      );
    }
  } finally {
    await sql.end({ timeout: 1 });
  }
}
