/**
 * What can be observed of a Postgres from outside: whether it is alive, its port, whether it answers. Called by embedded.ts
 * only.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { ConfigurationError } from "../env";
import { log } from "../log";
import { postgresEnvironment } from "./embedded-binaries";
import type { PostgresHome } from "./embedded-home";

/** Below every system's range for outgoing connections: in that range a client could take the port of a stopped Postgres. */
const PORTS = { from: 15_432, to: 31_999 };
/** No system assigns this process id. */
const NOBODY = 4_194_305;

/** Port and password, stored next to the cluster. Readable by its owner only. */
export interface Access {
  port: number;
  password: string;
}

export function clusterOf(directory: string): string {
  return path.join(directory, "cluster");
}

export function urlOf({ port, password }: Access): string {
  return `postgres://redrive:${password}@127.0.0.1:${port}/postgres`;
}

/**
 * The postmaster's process id when it is really ours and alive. After a crash of the machine the number in the file may
 * belong to another program. Under a PID 1 that reaps no children, a dead postmaster remains as a zombie.
 */
export function livingPostmaster(directory: string): number | undefined {
  const pid = Number(pidFile(directory)[0]);
  if (!pid) return undefined;
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(clusterOf(directory)) ? pid : undefined;
    }
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? pid : undefined;
  }
}

/**
 * Postgres refuses to start while the process named in its pid file is alive, even if that is another program now. Only the
 * number is replaced: from the rest of the file Postgres sees whether children of the dead postmaster still use its memory.
 */
export function forgetPostmaster(directory: string): void {
  const [pid, ...rest] = pidFile(directory);
  if (pid !== undefined && !(Number(pid) > 0)) setDamagedAside(directory);
  if (!Number(pid) || livingPostmaster(directory)) return;
  writeFileSync(path.join(clusterOf(directory), "postmaster.pid"), [NOBODY, ...rest].join("\n"));
}

/**
 * Postgres refuses a pid file that is empty or not a number, as a full disk or a power cut leaves it. It may be removed when
 * no process works in the cluster. That can be seen on Linux only; elsewhere the operator decides.
 */
function setDamagedAside(directory: string): void {
  const file = path.join(clusterOf(directory), "postmaster.pid");
  const running = process.platform === "linux" ? processesIn(clusterOf(directory)) : undefined;
  if (running?.length === 0) {
    renameSync(file, `${file}.damaged`);
    log("postgres", { note: `${file} was damaged and no Postgres runs there: renamed to postmaster.pid.damaged` });
    return;
  }
  const way = running
    ? `Postgres (process ${running[0]}) still runs there: end it with \`kill -INT ${running[0]}\``
    : "Make sure that no Postgres runs there and delete this one file";
  throw new ConfigurationError(`${file} is damaged. ${way}, then start again. Nothing else is lost.`);
}

/** The processes whose working directory is this one, oldest first. All processes of a Postgres run in its directory. */
function processesIn(directory: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => workingDirectory(pid) === directory)
    .map(Number)
    .sort((a, b) => a - b);
}

function workingDirectory(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // The process has ended meanwhile, or belongs to another user.
    return undefined;
  }
}

export function portInUse(directory: string): number | undefined {
  return Number(pidFile(directory)[3]) || undefined;
}

/** The lines of postmaster.pid: process id, data directory, start time, port, … */
function pidFile(directory: string): string[] {
  try {
    return readFileSync(path.join(clusterOf(directory), "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}

export async function answers(access: Access): Promise<boolean> {
  const sql = postgres(urlOf(access), { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    await Promise.race([
      sql`select 1`,
      sleep(3000, undefined, { ref: false }).then(() => {
        throw new Error("no answer");
      }),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

export function isFree(port: number): Promise<boolean> {
  if (port === 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
}

/** Runs one of Postgres' programs in a process group of its own, so that a Ctrl-C in the terminal does not reach it. */
export function run(home: PostgresHome, program: string, args: string[]): Promise<void> {
  const child = spawn(program, args, {
    ...home.owner,
    cwd: "/",
    env: postgresEnvironment(),
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      child.stderr.destroy();
      if (code === 0) resolve();
      else reject(new Error(complaints.trim() || `${path.basename(program)} ended with ${code}`));
    });
  });
}
