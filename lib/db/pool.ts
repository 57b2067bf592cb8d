/**
 * A fixed number of connections, and the queue before them. A caller who gives up leaves the queue, and their statement
 * never runs.
 */
import type { Connection, Statement } from "./connection";

export interface Pool {
  /** Runs a statement on the next free connection. Rejects with the signal's reason as soon as it is aborted. */
  run(statement: Statement): Promise<string | null>;
  /** Waits for the statements under way. */
  close(): Promise<void>;
}

/** `size` connections, each made by `create` when it is first needed. */
export function createPool(size: number, create: () => Connection): Pool {
  const connections: Connection[] = [];
  const free: Connection[] = [];
  const waiting = new Set<(connection: Connection) => void>();

  function take(signal: AbortSignal): Connection | Promise<Connection> {
    signal.throwIfAborted();
    const known = free.pop();
    if (known) return known;
    if (connections.length < size) {
      const made = create();
      connections.push(made);
      return made;
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(turn);
        reject(signal.reason);
      };
      const turn = (connection: Connection) => {
        signal.removeEventListener("abort", leave);
        resolve(connection);
      };
      waiting.add(turn);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  function giveBack(connection: Connection): void {
    const [next] = waiting;
    if (!next) return void free.push(connection);
    waiting.delete(next);
    next(connection);
  }

  return {
    async run(statement) {
      const connection = await take(statement.signal);
      // The connection is free when the statement has ended, which may be long after its caller has gone.
      const work = connection.run(statement).finally(() => giveBack(connection));
      return orAborted(work, statement.signal);
    },
    async close() {
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
