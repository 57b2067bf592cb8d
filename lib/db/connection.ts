/**
 * One connection to Postgres that runs one statement at a time, and stops it in the database when its caller gives up.
 * postgres.js pipelines statements and keeps a queue of its own, and neither can be undone. So pool.ts queues, and each
 * instance of postgres.js has a single connection.
 */
import type postgres from "postgres";
import { type BackendKey, requestCancel } from "./cancel";
import { openPool } from "./connection-options";

const IDLE_MS = 60_000;
const LIFETIME_MS = 45 * 60_000;
const RECONNECT_DELAY_S = 0.2;
/** A request that arrives before its statement is ignored, so it is repeated at this interval. */
const CANCEL_AGAIN_MS = 300;
/** A statement that has not ended this long after the cancel request has lost its server. */
const LOST_AFTER_MS = 5_000;
/** Statement timeouts are rounded to such steps, so that they rarely have to be set again. */
const TIMEOUT_STEP_MS = 500;

export interface Statement {
  text: string;
  parameters: string[];
  /** How long the database may work on the statement, in milliseconds. */
  deadlineMs: number;
  /** Aborted when no caller waits for the result any more. */
  signal: AbortSignal;
}

export interface Connection {
  /** The column `result` of the first row. Settles when the statement has ended and the connection is free again. */
  run(statement: Statement): Promise<string | null>;
  close(): Promise<void>;
}

/** What is known about an open connection. */
interface Session {
  key: BackendKey;
  /** There is a pooler in between. Each transaction may run on another server, so no session state may be kept. */
  pooled: boolean;
  openedAt: number;
  timeoutMs?: number;
}

type Row = { result: string | null };

/** The connection is opened when it is first needed. */
export function createConnection(url: string, name: string): Connection {
  let session: Session | undefined;
  let sql = create();
  let idle: NodeJS.Timeout | undefined;

  function create(): postgres.Sql {
    const made: postgres.Sql = openPool(url, {
      max: 1,
      connect_timeout: 2,
      backoff: () => RECONNECT_DELAY_S,
      // We close idle connections, between two statements. postgres.js could do so within a transaction.
      idle_timeout: 0,
      max_lifetime: null,
      fetch_types: false,
      onclose: () => {
        if (made === sql) session = undefined;
      },
      // Only these settings: PgBouncer refuses a connection with others.
      connection: { application_name: `redrive ${name}`, TimeZone: "UTC" },
    });
    return made;
  }

  async function run(statement: Statement): Promise<string | null> {
    clearTimeout(idle);
    statement.signal.throwIfAborted();
    const current = session ?? (await open());
    // The caller has given up, so the statement is not started.
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

  /** A changed timeout is sent ahead of the statement, in the same packet. */
  async function alone({ text, parameters, deadlineMs }: Statement, current: Session): Promise<Row[]> {
    const timeoutMs = timeoutFor(deadlineMs);
    // postgres.js sends a statement when it is executed, not when it is made: the timeout first.
    const setting =
      current.timeoutMs === timeoutMs ? undefined : sql.unsafe(`set statement_timeout = ${timeoutMs}`).execute();
    current.timeoutMs = timeoutMs;
    const statement = sql.unsafe<Row[]>(text, parameters, { prepare: Boolean(sql.options.prepare) });
    // The connection is free only when both have ended. A request to cancel may have stopped the first.
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
      // On a new connection "commit" succeeds although nothing was committed.
      throw new Error("The connection was lost before the commit.");
    }
    if (session === before) await sql.unsafe("rollback").catch(() => {});
    throw ran.status === "rejected" ? ran.reason : new Error("The transaction could not begin.");
  }

  /** Repeats the request to cancel until the statement has ended. Settles only when the last request has ended, too. */
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

  /** Closes the connection; the next statement opens another. */
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
