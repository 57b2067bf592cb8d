/**
 * One connection to Postgres that runs one statement at a time, and stops it in the database when its caller gives up.
 * postgres.js sends statements ahead of their turn and keeps a queue of its own; neither can be taken back, so pool.ts queues,
 * and each instance of it has a single connection.
 */
import type postgres from "postgres";
import { type BackendKey, requestCancel } from "./cancel";
import { openPool } from "./connection-options";

const IDLE_MS = 60_000;
const LIFETIME_MS = 45 * 60_000;
const RECONNECT_DELAY_S = 0.2;
/** A request that arrives before its statement is ignored, so it is repeated. */
const CANCEL_AGAIN_MS = 300;
/** A statement that does not end for so long after that has no server any more. */
const LOST_AFTER_MS = 5_000;
/** Timeouts of statements are set in such steps, so that they seldom have to be set anew. */
const TIMEOUT_STEP_MS = 500;

export interface Statement {
  text: string;
  parameters: string[];
  /** How long the database may work on it, in milliseconds. */
  deadlineMs: number;
  /** Aborted when nobody waits for the result any more. */
  signal: AbortSignal;
}

export interface Connection {
  /** The column `result` of the first row. Settles when the connection is free again, which is when the statement has ended. */
  run(statement: Statement): Promise<string | null>;
  close(): Promise<void>;
}

/** What is known about the connection while it stands. */
interface Session {
  key: BackendKey;
  /** A pooler stands between: each transaction may have another server, so that nothing may be kept in it. */
  pooled: boolean;
  openedAt: number;
  timeoutMs?: number;
}

type Row = { result: string | null };

/** Connects when it is first needed. */
export function createConnection(url: string, name: string): Connection {
  let session: Session | undefined;
  let sql = create();
  let idle: NodeJS.Timeout | undefined;

  function create(): postgres.Sql {
    const made: postgres.Sql = openPool(url, {
      max: 1,
      connect_timeout: 2,
      backoff: () => RECONNECT_DELAY_S,
      // Ended here, between two statements, and never by postgres.js within a transaction.
      idle_timeout: 0,
      max_lifetime: null,
      fetch_types: false,
      onclose: () => {
        if (made === sql) session = undefined;
      },
      // No settings but these: PgBouncer refuses a connection that brings others.
      connection: { application_name: `redrive ${name}`, TimeZone: "UTC" },
    });
    return made;
  }

  async function run(statement: Statement): Promise<string | null> {
    clearTimeout(idle);
    statement.signal.throwIfAborted();
    const current = session ?? (await open());
    // Nobody waits any more: what has not begun never does.
    statement.signal.throwIfAborted();
    try {
      return await stoppable(statement, current, current.pooled ? inTransaction(statement) : alone(statement, current));
    } finally {
      if (Date.now() - current.openedAt > LIFETIME_MS) await renew();
      idle = setTimeout(() => void renew(), IDLE_MS).unref();
    }
  }

  async function open(): Promise<Session> {
    const rows = await sql.unsafe<{ pid: number }[]>("select pg_backend_pid() as pid");
    const { pid, secret } = rows.state;
    session = { key: { pid, secret }, pooled: rows[0]?.pid !== pid, openedAt: Date.now() };
    return session;
  }

  /** The timeout goes ahead of the statement, in the same packet where it changes at all. */
  async function alone({ text, parameters, deadlineMs }: Statement, current: Session): Promise<Row[]> {
    const timeoutMs = timeoutFor(deadlineMs);
    // Sent when they are executed, not when they are made: the timeout first.
    const setting =
      current.timeoutMs === timeoutMs ? undefined : sql.unsafe(`set statement_timeout = ${timeoutMs}`).execute();
    current.timeoutMs = timeoutMs;
    const statement = sql.unsafe<Row[]>(text, parameters, { prepare: Boolean(sql.options.prepare) });
    // Both have to end, or the connection is not free. A request to cancel may have met the first.
    const [ran, set] = await Promise.allSettled([statement, setting]);
    if (set.status === "rejected") current.timeoutMs = undefined;
    if (ran.status === "rejected") throw ran.reason;
    return ran.value;
  }

  /** Behind a pooler, settings last for a transaction only, and prepared statements may be on another server. */
  async function inTransaction({ text, parameters, deadlineMs }: Statement): Promise<Row[]> {
    const before = session;
    const begin = sql.unsafe(`begin; set local statement_timeout = ${timeoutFor(deadlineMs)}`).execute();
    const statement = sql.unsafe<Row[]>(text, parameters, { prepare: false });
    const [ran, begun] = await Promise.allSettled([statement, begin]);
    if (ran.status === "fulfilled" && begun.status === "fulfilled" && session === before) {
      await sql.unsafe("commit");
      if (session === before) return ran.value;
      // On a new connection "commit" succeeds, and nothing was committed.
      throw new Error("The connection was lost before the commit.");
    }
    if (session === before) await sql.unsafe("rollback").catch(() => {});
    throw ran.status === "rejected" ? ran.reason : new Error("The transaction could not begin.");
  }

  /** Cancels again and again until the statement has ended, and is over only when the last request is. */
  async function stoppable({ signal }: Statement, { key }: Session, work: Promise<Row[]>): Promise<string | null> {
    let ended = false;
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping = (async () => {
        const lostAt = Date.now() + LOST_AFTER_MS;
        let arrived = true;
        while (!ended && Date.now() < lostAt) {
          arrived = await requestCancel(sql.options, key);
          await Promise.race([settled, pause(CANCEL_AGAIN_MS)]);
        }
        if (!ended || !arrived) await renew();
      })();
    };
    const note = () => {
      ended = true;
    };
    const settled = work.then(note, note);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    try {
      const [row] = await work;
      return row?.result ?? null;
    } finally {
      signal.removeEventListener("abort", stop);
      await stopping;
    }
  }

  /** Ends the connection; the next statement makes another. */
  async function renew(): Promise<void> {
    const old = sql;
    session = undefined;
    sql = create();
    await old.end({ timeout: 0 });
  }

  return {
    run,
    async close() {
      clearTimeout(idle);
      await sql.end({ timeout: 5 });
    },
  };
}

function timeoutFor(deadlineMs: number): number {
  return Math.ceil(deadlineMs / TIMEOUT_STEP_MS) * TIMEOUT_STEP_MS;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
