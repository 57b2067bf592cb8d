/** `npm run worker` as a child process on the database of a desk. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { ROOT } from "../../lib/db/supabase-cli";
import { APP_ENVIRONMENT } from "./processes";

export interface WorkerProcess {
  pid: number;
  /** Resident memory now, in bytes. */
  memory(): number;
  /** Everything it has printed. */
  output(): string;
  stop(): Promise<void>;
  /** Like a power cut. */
  kill(): Promise<void>;
}

/** Starts a worker with this process's environment and `env`, and waits until it claims. `script` starts it. */
export async function startWorkerProcess(
  env: Record<string, string> = {},
  script = "lib/boot/worker.ts",
): Promise<WorkerProcess> {
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", script], {
    cwd: ROOT,
    env: { ...process.env, ...APP_ENVIRONMENT, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        printed += chunk;
        if (printed.includes("worker_started")) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`The worker ended with ${code}:\n${printed}`)));
  });
  process.once("exit", () => child.kill("SIGKILL"));
  return {
    pid: child.pid as number,
    memory: () => Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)])) * 1024,
    output: () => printed,
    stop: () => end(child, "SIGTERM"),
    kill: () => end(child, "SIGKILL"),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
