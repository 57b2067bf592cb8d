/** What can happen to a whole Postgres: frozen, thawed, killed. Linux only, by /proc. */
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";

/** The postmaster's process id of the cluster in `dataDir`. */
export function postmasterOf(dataDir: string): number {
  const directory = realpathSync(path.join(dataDir, "postgres"));
  return Number(readFileSync(path.join(directory, "cluster/postmaster.pid"), "utf8").split("\n")[0]);
}

/** Stops every process of it, so that connections stay open without an answer. */
export function freezePostgres(dataDir: string): void {
  const postmaster = postmasterOf(dataDir);
  signal(postmaster, "SIGSTOP");
  for (const child of childrenOf(postmaster)) signal(child, "SIGSTOP");
}

export function thawPostgres(dataDir: string): void {
  const postmaster = postmasterOf(dataDir);
  for (const child of childrenOf(postmaster)) signal(child, "SIGCONT");
  signal(postmaster, "SIGCONT");
}

/** Like a crash of the machine: neither the postmaster nor its children may clean up. */
export function killPostgres(dataDir: string): void {
  const postmaster = postmasterOf(dataDir);
  signal(postmaster, "SIGSTOP");
  for (const child of childrenOf(postmaster)) signal(child, "SIGKILL");
  signal(postmaster, "SIGKILL");
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    // `pid (name) state ppid …`, and the name may hold anything.
    return Number(
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) \S /s, "")
        .split(" ")[0],
    );
  } catch {
    return undefined;
  }
}

/** It may have ended in the meantime. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
