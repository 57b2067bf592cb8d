/**
 * Every environment variable of Redrive, checked once, in one place. An invalid value is an error that names its variable.
 * Local mode (neither DATABASE_URL nor SUPABASE_URL): `npm start` fills in what is missing from DATA_DIR, see lib/boot.
 */
import { Resolver } from "node:dns";
import path from "node:path";
import { z } from "zod";
import { isTicketTemplate } from "@/lib/contract/tickets";

/** A shorter secret is a mistake, and is treated as missing: HMAC accepts even an empty key. */
const SHORTEST_SECRET = 8;

const flag = z.enum(["0", "1"]).transform((value) => value === "1");
const secret = z.string().min(16, "must have at least 16 characters");

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  /** Where local mode keeps its database and generated secrets. */
  DATA_DIR: z.string().default(".data"),
  /** The address that people and providers use, for links and cookies. */
  PUBLIC_URL: z.url().optional(),
  /** Proxies whose X-Forwarded-For, -Host and -Proto are trusted: addresses and CIDR blocks. Default: none. */
  TRUSTED_PROXIES: z.string().default(""),
  /** How many requests a minute one network may send that fail verification; 0: no limit. */
  MAX_FORGED_PER_MINUTE: z.coerce.number().int().min(0).max(100_000).default(60),
  DATABASE_URL: z.string().startsWith("postgres", "must be a postgres:// or postgresql:// URL").optional(),
  /** Database connections of this process; lib/db/lanes.ts divides them. */
  DATABASE_POOL_SIZE: z.coerce.number().int().min(4).max(200).default(16),
  SUPABASE_URL: z.url().optional(),
  SUPABASE_SECRET_KEY: z.string().optional(),
  /** Signs sessions of the console. */
  NEXTAUTH_SECRET: secret.optional(),
  /** Signs API tokens made by `npm run token`. */
  API_TOKEN_SECRET: secret.optional(),
  /** Lets a cron job run the worker for a while through POST /api/internal/worker. */
  CRON_SECRET: secret.optional(),
  /** Lets Prometheus read GET /api/metrics as a bearer token, next to tokens with the scope metrics:read. */
  METRICS_TOKEN: secret.optional(),
  /** How long a call of the cron tick claims work. Deliveries under way then have 20 seconds to end. */
  TICK_SECONDS: z.coerce.number().int().min(1).max(700).default(25),
  /** Encrypts secrets and header values of destinations in the database: 32 bytes as base64 or hex. */
  ENCRYPTION_KEY: z
    .string()
    .refine((key) => keyBytes(key) !== undefined, "must be 32 bytes as base64 or hex (`openssl rand -base64 32`)")
    .optional(),
  /** Which events write rows. A provider's test mode must not write into the rows of live customers. */
  TABLES_LIVEMODE: z.enum(["live", "test", "any"], "must be live, test or any").default("live"),
  /** The Agent SDK that Chatwoot events are forwarded to. */
  AGENT_SDK_URL: z.url().optional(),
  /** Signs what is sent to the Agent SDK, Standard Webhooks style (whsec_…). */
  AGENT_SDK_SECRET: z.string().startsWith("whsec_").optional(),
  CHATWOOT_WEBHOOK_MAX_ATTEMPTS: z.coerce.number().int().min(1).max(50).default(3),
  CHATWOOT_WEBHOOK_BASE_DELAY_MS: z.coerce.number().int().min(1).max(86_400_000).default(200),
  CHATWOOT_WEBHOOK_BACKOFF_FACTOR: z.coerce.number().min(1).max(10).default(2),
  /** Private networks that destinations may reach, as comma-separated CIDR blocks. */
  EGRESS_ALLOW_PRIVATE: z.string().default(""),
  /** DNS servers for the names of destinations, as comma-separated ip or ip:port. Default: the system's servers. */
  EGRESS_DNS_SERVERS: z
    .string()
    .refine(areDnsServers, "must be addresses such as 9.9.9.9 or 10.0.0.53:5353")
    .default(""),
  /** How long /api/health/ready answers 503 after SIGTERM before Redrive stops listening. */
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(300).default(0),
  /** How long a claimed delivery belongs to its worker. */
  LEASE_SECONDS: z.coerce.number().int().min(2).max(3600).default(60),
  /** How many deliveries one process works on at a time. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(500).default(128),
  /** An http destination that fails for this many days without a success is disabled. */
  DISABLE_AFTER_DAYS: z.coerce.number().int().min(2).max(365).default(5),
  /** Requested once a minute while alerts are evaluated: an outside monitor notices when that stops. */
  HEARTBEAT_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Traces go to this OTLP/HTTP collector, below /v1/traces. The names, here and below, are those of OpenTelemetry. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Sent with them, as key=value pairs, separated by commas. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().default(""),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(["http/protobuf", "http/json"], "must be http/protobuf or http/json; gRPC is not supported")
    .default("http/protobuf"),
  /** In milliseconds. */
  OTEL_EXPORTER_OTLP_TIMEOUT: z.coerce.number().int().min(1).max(60_000).default(10_000),
  /** `true` turns traces off, whatever else is set. */
  OTEL_SDK_DISABLED: z
    .string()
    .default("")
    .transform((value) => value.trim().toLowerCase() === "true"),
  /** What retention deletes is written here first, as compressed JSON lines. Without it, it is deleted without a copy. */
  RETENTION_EXPORT_DIR: z.string().trim().min(1).optional(),
  /** 0 keeps the worker loop out of the web process. */
  WORKER_IN_SERVER: flag.default(true),
  /** Limits of replays, from the Globapay runbook: age, events per bulk, chosen by hand, and per merchant. */
  REPLAY_MAX_AGE_DAYS: z.coerce.number().int().min(1).default(30),
  REPLAY_MAX_EVENTS: z.coerce.number().int().min(1).max(50_000).default(500),
  REPLAY_MAX_CHOSEN: z.coerce.number().int().min(1).default(100),
  REPLAY_MAX_PER_HOUR: z.coerce.number().int().min(1).default(1000),
  REPLAY_MAX_CONCURRENT: z.coerce.number().int().min(1).default(3),
  /** The most events that one incident is about. */
  INCIDENT_MAX_ITEMS: z.coerce.number().int().min(1).max(50_000).default(50_000),
  /** How many open pages one process notifies of changes; further pages poll every few seconds. */
  LIVE_MAX_STREAMS: z.coerce.number().int().min(0).default(500),
  /** How many streams one person or token has open in a process at a time. */
  STREAMS_PER_PERSON: z.coerce.number().int().min(1).default(10),
  /**
   * 1 delivers suspected replays: requests that seem to be caught and sent again under a new key. Without it they wait for a
   * user.
   */
  DELIVER_SUSPECTED_REPLAYS: flag.default(false),
  /** 1 lets staff send signed samples to the endpoints. Local mode sets it. */
  ALLOW_SAMPLES: flag.default(false),
  /** Where tickets are: ids such as ABC-123 in what staff write become links. */
  TICKET_URL_TEMPLATE: z
    .string()
    .refine(
      isTicketTemplate,
      "must be an http(s) address with {id} after its host, such as https://acme.example/browse/{id}",
    )
    .optional(),
  /** The mail server that notifications are sent through: smtp://user:password@host:587, or smtps://…:465. */
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// URL" }).optional(),
  /** The sender of those mails: an address, or a name and an address: Redrive <redrive@example.com>. */
  MAIL_FROM: z
    .string()
    .max(320)
    .regex(
      /^(?:[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      "must be an address, or a name and an address: Redrive <redrive@example.com>",
    )
    .optional(),
  /** Slack's Web API, for channels with a bot token. GovSlack has another address. */
  SLACK_API_URL: z.url({ protocol: /^https?$/ }).default("https://slack.com/api"),
  /** PagerDuty's Events API. Accounts of the EU region use https://events.eu.pagerduty.com. */
  PAGERDUTY_EVENTS_URL: z.url({ protocol: /^https?$/ }).default("https://events.pagerduty.com"),
  OIDC_ISSUER: z.url().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
});

export type Environment = z.infer<typeof schema> & {
  mode: "local" | "production";
  /** An absolute path. */
  dataDir: string;
};

/**
 * The checked environment. Reads process.env at each call, so that a test or the boot sequence can set values first. Throws
 * `ConfigurationError` naming every invalid variable.
 */
export function environment(): Environment {
  const values = NAMES.map((name) => process.env[name] ?? "");
  const key = values.join("\0");
  if (read?.key !== key) read = { key, environment: readEnvironment(values) };
  return read.environment;
}

/** The environment is asked for several times per request, and parsing it costs more than the rest of a rejection. */
const NAMES = Object.keys(schema.shape);
let read: { key: string; environment: Environment } | undefined;

function readEnvironment(values: string[]): Environment {
  const set = Object.fromEntries(
    NAMES.map((name, n) => [name, values[n]] as const).filter(([, value]) => value !== ""),
  );
  const parsed = schema.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new ConfigurationError(`The environment is wrong: ${problems.join("; ")}.`);
  }
  const mode = parsed.data.DATABASE_URL || parsed.data.SUPABASE_URL ? "production" : "local";
  return { ...parsed.data, mode, dataDir: path.resolve(/* turbopackIgnore: true */ parsed.data.DATA_DIR) };
}

/** The 32 bytes of an ENCRYPTION_KEY, undefined when it is not one. */
export function keyBytes(key: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(key)) return Buffer.from(key, "hex");
  return /^[A-Za-z0-9+/]{43}=?$/.test(key) ? Buffer.from(key, "base64") : undefined;
}

function areDnsServers(list: string): boolean {
  try {
    new Resolver().setServers(list.split(",").map((server) => server.trim()));
    return true;
  } catch {
    return false;
  }
}

/**
 * The secrets in one variable, separated by commas or white space, or as Supabase writes several: `v1,whsec_…|v1,whsec_…`.
 * Quotes around them are those of a shell or a dashboard. Empty and short ones are dropped, which fails closed.
 */
export function secretsFrom(variable: string): string[] {
  return (process.env[variable] ?? "")
    .split(BETWEEN_SECRETS)
    .map((value) => value.replace(/^["']|["']$/g, ""))
    .filter((value) => value.length >= SHORTEST_SECRET);
}

/** The bar separates only before what can begin a secret of Standard Webhooks: another provider's secret may have one. */
const BETWEEN_SECRETS = /[\s,]+|\|(?=["']?(?:v1a?,|wh(?:sec|pk)_))/;

/** A mistake of the operator: the message says what to change. Shown without a stack trace. */
export class ConfigurationError extends Error {}
