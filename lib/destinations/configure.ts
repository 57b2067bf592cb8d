/** The destinations of the configuration, written at every start as they are configured. */
import { call } from "@/lib/db/client";
import type { ConfiguredDestination } from "@/lib/db/functions/arguments";
import { type Environment, environment } from "@/lib/env";
import { providers } from "@/lib/providers";

/** In the support runbook, ours runs on fly.io; `npm start` without configuration uses the local simulator. */
const DEFAULT_AGENT_SDK_URL = "https://hotdash-agent-service.fly.dev";

/** Retries of `tables` deliveries: the CloudGreet runbook's three, from one second, doubling. */
const TABLES_RETRY = { max_attempts: 4, base_delay_ms: 1000, backoff_factor: 2 };

/** Over all workers. Rows are written in large sets, and no endpoint has to bear it. */
const TABLES_CONCURRENCY = 512;

/** Writes the configured destinations. Any number of processes may do so at the same time. */
export async function configureDestinations(): Promise<void> {
  await call("pipeline", "configure_destinations", { p_destinations: [...tablesDestinations(), agentSdk()] });
}

/** One per provider with projections, for exactly the types it can project. Other events are stored and ignored. */
function tablesDestinations(): ConfiguredDestination[] {
  const { TABLES_LIVEMODE: livemode } = environment();
  return Object.values(providers)
    .filter((provider) => provider.projections !== undefined)
    .map((provider) => ({
      slug: `${provider.slug}-tables`,
      name: `${provider.label} tables`,
      kind: "tables",
      providers: [provider.slug],
      event_types: Object.keys(provider.projections ?? {}),
      livemode,
      max_concurrency: TABLES_CONCURRENCY,
      ...TABLES_RETRY,
    }));
}

/** The Agent SDK, as the environment says. */
export function agentSdk(): ConfiguredDestination {
  const env = environment();
  return {
    slug: "agent-sdk",
    name: "Agent SDK",
    kind: "http",
    url: `${(env.AGENT_SDK_URL ?? DEFAULT_AGENT_SDK_URL).replace(/\/+$/, "")}/webhooks/chatwoot`,
    providers: ["chatwoot"],
    event_types: ["*"],
    // What an agent wrote as a private note, or a bot itself, must not be answered or sent to the customer.
    takes_internal: false,
    max_attempts: env.CHATWOOT_WEBHOOK_MAX_ATTEMPTS,
    base_delay_ms: env.CHATWOOT_WEBHOOK_BASE_DELAY_MS,
    backoff_factor: env.CHATWOOT_WEBHOOK_BACKOFF_FACTOR,
  };
}

/** The secrets that sign requests to a destination; none means unsigned. */
export function signingSecrets(slug: string, { AGENT_SDK_SECRET }: Environment): string[] {
  return slug === "agent-sdk" && AGENT_SDK_SECRET ? [AGENT_SDK_SECRET] : [];
}
