/**
 * A DATABASE_URL as options of postgres.js. Every parameter that libpq, node-postgres and hosts use in such a URL is either
 * honoured or refused with what to do. postgres.js would send an unknown parameter to the server, which ends the start.
 */
import { readFileSync } from "node:fs";
import net from "node:net";
import tls from "node:tls";
import postgres from "postgres";
import { ConfigurationError } from "../env";

type Ssl = NonNullable<postgres.Options<Record<string, never>>["ssl"]> | false;

export interface ConnectionOptions {
  host: string[];
  port: number[];
  /** A Unix socket; host and port are then ignored. */
  path?: string;
  database: string;
  username?: string;
  password?: string;
  ssl: Ssl;
  /** False when the URL says that a pooler keeps no prepared statements. */
  prepare: boolean;
  connect_timeout?: number;
  target_session_attrs?: string;
  /** Session parameters that PgBouncer lets through. */
  connection: Record<string, string>;
}

const DEFAULT_PORT = 5432;
/** Supabase's pooler in transaction mode. */
const TRANSACTION_POOLER_PORT = 6543;

/** Why a parameter is refused, and what to do instead. */
const REFUSED: Record<string, string> = {
  schema: "Redrive's tables are in the schema public: remove it.",
  options: "set it on the role instead: alter role … set …",
  service: "write host, port and database into the URL.",
  passfile: "write the password into the URL, or set PGPASSWORD.",
  sslpassword: "give a key without a passphrase.",
  sslcrl: "certificate revocation lists are not read: remove it.",
};
/** Parameters without an effect: Redrive has pools of its own, and speaks plain TLS. */
const WITHOUT_EFFECT = new Set([
  "connection_limit",
  "pool_timeout",
  "gssencmode",
  "keepalives",
  "keepalives_idle",
  "keepalives_interval",
  "keepalives_count",
  "tcp_user_timeout",
  "sslcompression",
  "sslsni",
  "supa",
  "workaround",
]);

/** Connections to a DATABASE_URL. The URL's parameters take precedence over `options`, as in psql. */
export function openPool(databaseUrl: string, options: postgres.Options<Record<string, never>> = {}): postgres.Sql {
  const { connection, prepare, ...given } = connectionOptions(databaseUrl);
  return postgres({
    onnotice: () => {},
    ...options,
    ...given,
    prepare: prepare && options.prepare !== false,
    connection: { ...options.connection, ...connection },
  } as unknown as postgres.Options<Record<string, never>>);
}

/** Throws a `ConfigurationError` that names the parameter and never contains the URL's password. */
export function connectionOptions(databaseUrl: string): ConnectionOptions {
  const { url, hosts } = parseUrl(databaseUrl);
  const parameters = new Map(url.searchParams);
  const take = (name: string): string | undefined => {
    const value = parameters.get(name);
    parameters.delete(name);
    return value || undefined;
  };

  const ports = take("port")?.split(",").map(Number);
  const host = take("host")?.split(",") ?? hosts.map((one) => one.host);
  const options: ConnectionOptions = {
    host,
    port: host.map((_, i) => ports?.[i] ?? ports?.[0] ?? hosts[i]?.port ?? hosts[0]?.port ?? DEFAULT_PORT),
    database: take("dbname") ?? decodeURIComponent(url.pathname.slice(1)),
    ...defined("username", take("user") ?? decodeURIComponent(url.username)),
    ...defined("password", take("password") ?? decodeURIComponent(url.password)),
    ssl: sslOf(take, host),
    prepare: true,
    connection: { ...defined("application_name", take("application_name")) },
  };
  const socket = host.find((name) => name.startsWith("/"));
  if (socket && host.length > 1) throw refused("several hosts", "a Unix socket must be the only one.");
  if (socket) options.path = `${socket.replace(/\/$/, "")}/.s.PGSQL.${options.port[0]}`;
  const mayPrepare = take("prepare") !== "false";
  options.prepare = take("pgbouncer") !== "true" && mayPrepare && !options.port.includes(TRANSACTION_POOLER_PORT);

  const timeout = take("connect_timeout");
  if (timeout !== undefined) options.connect_timeout = seconds("connect_timeout", timeout);
  const target = take("target_session_attrs");
  if (target && target !== "any") options.target_session_attrs = target;
  if (take("channel_binding") === "require") {
    throw refused("channel_binding=require", "remove it, or use sslmode=verify-full, which proves the server too.");
  }
  for (const name of parameters.keys()) {
    if (!WITHOUT_EFFECT.has(name)) throw refused(name, REFUSED[name] ?? "Redrive does not know it: remove it.");
  }
  if (!options.database) throw new ConfigurationError("DATABASE_URL names no database: end it with /name.");
  if (options.port.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw refused("port", "it must be a number from 1 to 65535.");
  }
  return options;
}

/** `new URL` parses one host only, so further hosts are parsed separately. */
function parseUrl(databaseUrl: string): { url: URL; hosts: { host: string; port?: number }[] } {
  const [, scheme, user = "", authority = "", rest = ""] =
    /^(postgres(?:ql)?:\/\/)([^@/?]*@)?([^/?]*)(.*)$/s.exec(databaseUrl) ?? [];
  if (!scheme || !URL.canParse(`${scheme}${user}host${rest}`)) {
    throw new ConfigurationError("DATABASE_URL is no URL. It looks like postgres://user:password@host:5432/database.");
  }
  const hosts = authority.split(",").map((one) => {
    const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(one) ?? [];
    return {
      host: decodeURIComponent(host.replace(/^\[|\]$/g, "")) || "localhost",
      ...(port && { port: Number(port) }),
    };
  });
  return { url: new URL(`${scheme}${user}host${rest}`), hosts };
}

/** The modes as libpq defines them; `no-verify` is node-postgres' word for encrypted but not verified. */
function sslOf(take: (name: string) => string | undefined, host: string[]): Ssl {
  const mode = take("sslmode") ?? (take("ssl") === "true" ? "require" : undefined);
  const rootCertificate = take("sslrootcert");
  const files = {
    ...defined("cert", fileOf("sslcert", take("sslcert"))),
    ...defined("key", fileOf("sslkey", take("sslkey"))),
  };
  const trusted = rootCertificate === "system" ? {} : defined("ca", fileOf("sslrootcert", rootCertificate));
  if (host.every((one) => one.startsWith("/"))) return false;
  switch (mode ?? (rootCertificate ? "verify-full" : "prefer")) {
    case "disable":
      return false;
    case "allow":
    case "prefer":
      return Object.keys(files).length > 0 ? { ...files, rejectUnauthorized: false } : "prefer";
    case "no-verify":
      return { ...files, rejectUnauthorized: false };
    case "require":
      // libpq's own rule: `require` verifies the certificate only when there is a root certificate.
      return rootCertificate ? verifyCertificate(files, trusted) : { ...files, rejectUnauthorized: false };
    case "verify-ca":
      return verifyCertificate(files, trusted);
    case "verify-full":
      return { ...files, ...trusted, rejectUnauthorized: true, ...identityOf(host) };
    default:
      throw refused(`sslmode=${mode}`, "use disable, prefer, require, no-verify, verify-ca or verify-full.");
  }
}

/** Verifies that a trusted authority has signed the certificate, whatever name it has. */
function verifyCertificate(files: object, trusted: object): Ssl {
  return { ...files, ...trusted, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

/** TLS has no server name for an IP address, so postgres.js would compare the certificate with "localhost". */
function identityOf([host, ...others]: string[]): object {
  if (!host || others.length > 0 || net.isIP(host) === 0) return {};
  return {
    checkServerIdentity: (_: string, certificate: tls.PeerCertificate) => tls.checkServerIdentity(host, certificate),
  };
}

function fileOf(parameter: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw refused(parameter, `the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function seconds(parameter: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw refused(parameter, "it must be a whole number of seconds.");
  return number;
}

function refused(parameter: string, wayOut: string): ConfigurationError {
  return new ConfigurationError(`DATABASE_URL has ${parameter}: ${wayOut}`);
}

function defined<Name extends string>(name: Name, value: string | undefined): { [name in Name]?: string } {
  return (value ? { [name]: value } : {}) as { [name in Name]?: string };
}
