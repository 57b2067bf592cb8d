/**
 * The thread that hashes passwords. Threads of Node's own pool cannot be given a priority, and file and DNS lookups wait for
 * them.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { processSingleton } from "@/lib/process-singleton";

export interface Derivation {
  /** Normalised. */
  password: string;
  salt: Buffer;
  keyBytes: number;
  cost: { N: number; r: number; p: number };
}

/** A tenth of the CPU share of our other threads: enough to sign people in on a fully loaded machine. */
const NICENESS = 10;
/** How long the thread is kept without work: it holds some megabytes. */
const IDLE_MS = 60_000;

/**
 * Source text, because Next bundles this module and a thread needs a file. On Linux each thread has its own priority, under
 * the number that /proc/thread-self ends in. On other systems the thread keeps the priority of the process.
 */
const SOURCE = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { scryptSync } = require("node:crypto");
  try {
    const thread = Number(require("node:fs").readlinkSync("/proc/thread-self").split("/").pop());
    require("node:os").setPriority(thread, workerData.niceness);
  } catch {}
  parentPort.on("message", ({ password, salt, keyBytes, cost }) => {
    const options = { ...cost, maxmem: 256 * cost.N * cost.r };
    try {
      parentPort.postMessage({ key: scryptSync(password, salt, keyBytes, options) });
    } catch (error) {
      parentPort.postMessage({ error: error.message });
    }
  });
`;

const state = processSingleton("hashing-thread", () => ({
  worker: undefined as Worker | undefined,
  idle: undefined as NodeJS.Timeout | undefined,
}));

/** Derives one key with scrypt. Callers take turns, one at a time. */
export async function deriveApart(derivation: Derivation): Promise<Buffer> {
  clearTimeout(state.idle);
  state.worker ??= start();
  const { worker } = state;
  worker.ref();
  const listening = new AbortController();
  const { signal } = listening;
  try {
    // A thread that ends never answers.
    const ended = once(worker, "exit", { signal }).then(() => [{ error: "its thread ended" }]);
    const answered = Promise.race([once(worker, "message", { signal }), ended]);
    worker.postMessage(derivation);
    const [{ key, error }] = (await answered) as [{ key?: Uint8Array; error?: string }];
    if (!key) throw new Error(`A password could not be hashed: ${error}`);
    return Buffer.from(key);
  } finally {
    listening.abort();
    worker.unref();
    state.idle = setTimeout(() => stop(worker), IDLE_MS).unref();
  }
}

function start(): Worker {
  const worker = new Worker(SOURCE, { eval: true, workerData: { niceness: NICENESS }, execArgv: [], stderr: false });
  worker.once("exit", () => {
    if (state.worker === worker) state.worker = undefined;
  });
  return worker;
}

function stop(worker: Worker): void {
  if (state.worker === worker) state.worker = undefined;
  void worker.terminate();
}
