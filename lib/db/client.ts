/**
 * All access to Postgres: SQL functions called through supabase-js. Only the transport differs: a Supabase project over
 * HTTPS (SUPABASE_URL), or any Postgres (DATABASE_URL, which the embedded default sets too).
 */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import WebSocket from "ws";
import { ConfigurationError, environment } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { createConnection } from "./connection";
import type { Database } from "./database.types";
import { DEADLINE_HEADER, directFetch, type Statements } from "./direct";
import { routeOf } from "./expensive";
import type { Answers } from "./functions/answers";
import type { Arguments, FunctionName } from "./functions/arguments";
import { DEADLINE_MS, LANES, type Lane, shareOut } from "./lanes";
import { createPool } from "./pool";
import { type Turn, takeTurn } from "./turns";

export type { Answers } from "./functions/answers";
export type { Arguments } from "./functions/arguments";
export type { Lane } from "./lanes";

/** The SQL refused: a bug of ours or a wrong argument. `code` is the SQLSTATE. */
export class DatabaseError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
    this.name = "DatabaseError";
  }
}

/** Postgres is down, frozen or out of space: nothing was decided, the caller may try again. */
export class DatabaseUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DatabaseUnavailable";
  }
}

/** The query takes longer than its time limit. It will do so again. */
export class DatabaseTooSlow extends DatabaseUnavailable {}

/** Too many slow reads are running or waiting: of this caller (`person`), or of all callers (`all`). Nothing was read. */
export class DatabaseBusy extends DatabaseUnavailable {
  constructor(readonly by: "person" | "all") {
    super("Too many long reads are under way.");
    this.name = "DatabaseBusy";
  }
}

/**
 * Calls a SQL function. Its arguments and answers are in lib/db/functions. The lane says what kind of work it is for.
 * Functions listed in expensive.ts use the search lane instead, and wait there for their turn. Throws `DatabaseUnavailable`
 * when Postgres does not answer in time, `DatabaseError` when it refuses.
 */
export async function call<Name extends FunctionName, Given extends Arguments<Name>>(
  lane: Lane,
  name: Name,
  args: Given & { [Argument in Exclude<keyof Given, keyof Arguments<Name>>]: never },
  deadlineMs?: number,
): Promise<Answers[Name]> {
  const route = routeOf(lane, name, args);
  if (route.lane === "search") {
    return takeTurn<Answers[Name]>(route.writes, deadlineMs, (who, ms, gone) => {
      const asked = { p_who: who, p_function: name, p_args: args };
      return ask<Turn<Answers[Name]>>("search", "run_expensive", asked, ms, { gone, called: name });
    });
  }
  return ask<Answers[Name]>(route.lane, name, args, deadlineMs ?? DEADLINE_MS[lane]);
}

/** `gone` is aborted when no caller waits for the answer any more; `called` is the function's name in errors. */
async function ask<Answer>(
  lane: Lane,
  name: FunctionName | "run_expensive",
  args: object,
  deadlineMs: number,
  { gone, called = name }: { gone?: AbortSignal; called?: string } = {},
): Promise<Answer> {
  const patience = AbortSignal.timeout(deadlineMs);
  const { data, error, status } = await database(lane)
    // `call` has checked them against a type that is stricter than the generated one.
    .rpc(name, args as never)
    .setHeader(DEADLINE_HEADER, String(deadlineMs))
    .abortSignal(gone ? AbortSignal.any([gone, patience]) : patience);
  if (!error) return data as Answer;
  if (gone?.aborted) throw new DatabaseUnavailable("The caller has disconnected.");
  // 57014 is the statement's own timeout, which is as long as ours.
  if (error.code === "57014" || patience.aborted) throw new DatabaseTooSlow(error.message);
  if (isUnavailable(error.code ?? "", status)) throw new DatabaseUnavailable(error.message);
  throw new DatabaseError(`${called}: ${error.message}`, error.code);
}

/** SQLSTATE classes 08 (connection), 53 (resources), 57 (operator intervention), and requests without an answer. */
function isUnavailable(code: string, status: number): boolean {
  return status === 0 || status >= 502 || code === "" || code === "20" || /^(08|53|57|PGRST00)/.test(code);
}

interface Transport {
  client: SupabaseClient<Database>;
  close(): Promise<void>;
}

type Transports = Record<Lane, Transport>;

const open = processSingleton("database", () => ({ transports: undefined as Transports | undefined }));

/** The typed supabase-js client of a lane. */
function database(lane: Lane): SupabaseClient<Database> {
  open.transports ??= connect();
  return open.transports[lane].client;
}

/** Closes every connection, after the statements under way. */
export async function closeDatabase(): Promise<void> {
  const { transports } = open;
  open.transports = undefined;
  await Promise.all(Object.values(transports ?? {}).map((transport) => transport.close()));
}

function connect(): Transports {
  const { SUPABASE_URL, SUPABASE_SECRET_KEY, DATABASE_URL, DATABASE_POOL_SIZE } = environment();
  if (SUPABASE_URL) {
    if (!SUPABASE_SECRET_KEY) throw new ConfigurationError("SUPABASE_URL is set, but SUPABASE_SECRET_KEY is not.");
    const client = supabase(SUPABASE_URL, SUPABASE_SECRET_KEY, fetch);
    return Object.fromEntries(LANES.map((lane) => [lane, { client, close: async () => {} }])) as Transports;
  }
  if (!DATABASE_URL) {
    throw new ConfigurationError("There is no database: set DATABASE_URL or SUPABASE_URL, or start with `npm start`.");
  }
  const statements: Statements = new Map();
  const transports = shareOut(DATABASE_POOL_SIZE).flatMap(({ lanes, connections }) => {
    const pool = createPool(connections, () => createConnection(DATABASE_URL, lanes.join("+")));
    const close = () => pool.close();
    return lanes.map((lane) => {
      const transport = directFetch(pool, statements, DEADLINE_MS[lane]);
      // The host is never contacted: directFetch answers.
      return [lane, { client: supabase("http://postgres.direct", "direct", transport), close }];
    });
  });
  return Object.fromEntries(transports) as Transports;
}

function supabase(url: string, key: string, transport: typeof fetch): SupabaseClient<Database> {
  return createClient<Database>(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    // Node 20 has no WebSocket of its own, and the client requires one although nothing here subscribes.
    realtime: { transport: WebSocket as never },
    global: { fetch: transport },
  });
}
