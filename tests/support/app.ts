/** The real thing as a child process: `server.ts` on a free port, with a DATA_DIR of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../../lib/db/supabase-cli";
import { removeWhenWeDie } from "../../lib/db/throwaway";
import { startedApps } from "./started-apps";

/** A first start on a slow machine builds the console. */
const START_MS = 500_000;

export interface RunningApp {
  url: string;
  adminEmail: string;
  /** Empty on a DATA_DIR that already had its administrator. */
  adminPassword: string;
  pid: number;
  dataDir: string;
  /** Everything it has printed. */
  output(): string;
  /** Like Ctrl-C: drains, and stops its Postgres. Resolves to the exit code, null after a kill. */
  stop(): Promise<number | null>;
  /** Like a power cut of the app: its Postgres keeps running. Start again with the same `dataDir`. */
  kill(): Promise<void>;
}

export interface AppOptions {
  env?: Record<string, string>;
  /** Default: a new one, deleted with its Postgres when this process ends. */
  dataDir?: string;
  /** The folder of `server.ts` and its build, when it is a copy. */
  root?: string;
  /** Runs it as this user, which only root can. */
  uid?: number;
}

/** Resolves once the app answers. Throws its output when it does not start. */
export async function startApp({
  env = {},
  dataDir = temporaryDirectory(),
  root = ROOT,
  uid,
}: AppOptions = {}): Promise<RunningApp> {
  const child = spawn(process.execPath, ["--import", "tsx", "server.ts"], {
    cwd: root,
    env: { ...inherited(), DATA_DIR: dataDir, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      printed += chunk;
    });
  }
  process.once("exit", () => child.kill("SIGKILL"));
  await started(child, () => printed);
  startedApps.add({ dataDir, databaseUrl: env.DATABASE_URL });
  return {
    url: found(printed, /Console +(http\S+)/),
    adminEmail: found(printed, /Sign in +(\S+@\S+)/),
    adminPassword: found(printed, /Password +(\S+)/),
    pid: child.pid as number,
    dataDir,
    output: () => printed,
    stop: () => end(child, "SIGTERM"),
    kill: async () => void (await end(child, "SIGKILL")),
  };
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-app-"));
  chmodSync(directory, 0o711);
  removeWhenWeDie(directory);
  return directory;
}

/** Our environment without what would change the app's mode, port or secrets. */
function inherited(): NodeJS.ProcessEnv {
  const foreign = /^(DATABASE_URL|SUPABASE_|PUBLIC_URL|NEXTAUTH_|NODE_ENV|VITEST|AGENT_SDK_|.*_SECRET$|TELNYX_)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return Object.fromEntries(kept) as unknown as NodeJS.ProcessEnv;
}

async function started(child: ChildProcess, printed: () => string): Promise<void> {
  const giveUp = Date.now() + START_MS;
  while (!printed().includes("Try it")) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > giveUp) {
      child.kill("SIGKILL");
      throw new Error(`The app did not start${ended ? ` (exit ${child.exitCode})` : ""}:\n${printed()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function found(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? "";
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}
