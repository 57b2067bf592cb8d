/**
 * The one way to Postgres: SQL functions called through supabase-js. Only the transport differs: a Supabase project over
 * HTTPS (SUPABASE_URL), or any Postgres (DATABASE_URL, which the embedded default sets too).
 */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import WebSocket from "ws";
import { ConfigurationError, environment } from "@/lib/env";
import { perProcess } from "@/lib/per-process";
import type { Database } from "./database.types";
import { directFetch } from "./direct";

type Functions = Database["public"]["Functions"];
export type FunctionName = keyof Functions & string;
export type Arguments<Name extends FunctionName> = Functions[Name]["Args"];

/** Who asks. Each has connections of its own: a busy console never takes one from the door. */
export type Lane = "door" | "pipeline" | "console";
const CONNECTIONS: Record<Lane, number> = { door: 4, pipeline: 8, console: 4 };

/** Longest wait for an answer, in milliseconds. */
const DEADLINE_MS: Record<Lane, number> = { door: 3_000, pipeline: 30_000, console: 10_000 };

const RECONNECT_DELAY_S = 0.2;

/** The SQL said no: a bug of ours or a wrong argument. `code` is the SQLSTATE. */
export class DatabaseError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
    this.name = "DatabaseError";
  }
}

/** Postgres is gone, frozen or out of space: nothing was decided, the caller may try again. */
export class DatabaseUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DatabaseUnavailable";
  }
}

/** It was asked for more than it can find in time. The same question will take as long again. */
export class DatabaseTooSlow extends DatabaseUnavailable {}

/**
 * Calls a SQL function. Results are shaped as the function's comment in supabase/schemas says.
 * Throws `DatabaseUnavailable` when Postgres does not answer in time, `DatabaseError` when it refuses.
 */
export async function call<Result, Name extends FunctionName = FunctionName>(
  lane: Lane,
  name: Name,
  args: Arguments<Name>,
  deadlineMs: number = DEADLINE_MS[lane],
): Promise<Result> {
  const patience = AbortSignal.timeout(deadlineMs);
  const { data, error, status } = await database(lane)
    .rpc(name, args as never)
    .abortSignal(patience);
  if (!error) return data as Result;
  // 57014 is the statement's own timeout, which is as long as ours.
  if (error.code === "57014" || patience.aborted) throw new DatabaseTooSlow(error.message);
  if (isUnavailable(error.code ?? "", status)) throw new DatabaseUnavailable(error.message);
  throw new DatabaseError(`${name}: ${error.message}`, error.code);
}

/** SQLSTATE classes 08 (connection), 53 (resources), 57 (operator intervention), and answers that never came. */
function isUnavailable(code: string, status: number): boolean {
  return status === 0 || status >= 502 || code === "" || code === "20" || /^(08|53|57|PGRST00)/.test(code);
}

interface Connection {
  client: SupabaseClient<Database>;
  close(): Promise<void>;
}

const connections = perProcess("database", () => new Map<Lane, Connection>());

/** The typed supabase-js client of a lane. */
export function database(lane: Lane = "console"): SupabaseClient<Database> {
  const known = connections.get(lane);
  if (known) return known.client;
  const connection = connect(lane);
  connections.set(lane, connection);
  return connection.client;
}

/** Ends every connection, after the statements under way. */
export async function closeDatabase(): Promise<void> {
  const open = [...connections.values()];
  connections.clear();
  await Promise.all(open.map((connection) => connection.close()));
}

function connect(lane: Lane): Connection {
  const { SUPABASE_URL, SUPABASE_SECRET_KEY, DATABASE_URL } = environment();
  if (SUPABASE_URL) {
    if (!SUPABASE_SECRET_KEY) throw new ConfigurationError("SUPABASE_URL is set, but SUPABASE_SECRET_KEY is not.");
    return { client: supabase(SUPABASE_URL, SUPABASE_SECRET_KEY, fetch), close: async () => {} };
  }
  if (!DATABASE_URL) {
    throw new ConfigurationError("There is no database: set DATABASE_URL or SUPABASE_URL, or start with `npm start`.");
  }
  const sql = postgres(DATABASE_URL, {
    max: CONNECTIONS[lane],
    connect_timeout: 2,
    idle_timeout: 60,
    backoff: () => RECONNECT_DELAY_S,
    // Supabase's transaction pooler (port 6543) cannot keep prepared statements.
    prepare: new URL(DATABASE_URL).port !== "6543",
    onnotice: () => {},
    connection: { application_name: `redrive ${lane}`, TimeZone: "UTC", statement_timeout: DEADLINE_MS[lane] },
  });
  // The host is never contacted: directFetch answers.
  return {
    client: supabase("http://postgres.direct", "direct", directFetch(sql)),
    close: () => sql.end({ timeout: 5 }),
  };
}

function supabase(url: string, key: string, transport: typeof fetch): SupabaseClient<Database> {
  return createClient<Database>(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    // Node 20 has no WebSocket of its own, and the client wants one although nothing here subscribes.
    realtime: { transport: WebSocket as never },
    global: { fetch: transport },
  });
}
