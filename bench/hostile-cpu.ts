/** Whose work a turn of `npm run bench:hostile` was: seconds of CPU by process, from /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** Of Linux, on every architecture it calls itself so. */
const TICKS_PER_SECOND = 100;

export interface Cpu {
  server: number;
  postgres: number;
}

/** Seconds of CPU so far: of the server, and of a Postgres with all its backends, also those that have ended. */
export function cpuOf(serverPid: number, postmasterPid: number): Cpu {
  const backends = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === postmasterPid);
  const postgres = backends.reduce((sum, stat) => sum + (stat?.own ?? 0), 0);
  const postmaster = statOf(postmasterPid);
  return {
    server: statOf(serverPid)?.own ?? 0,
    postgres: postgres + (postmaster?.own ?? 0) + (postmaster?.ended ?? 0),
  };
}

/** The process that started this one. */
export function parentOf(pid: number): number {
  return statOf(pid)?.parent ?? 0;
}

function statOf(pid: number): { parent: number; own: number; ended: number } | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    // It ended between listing and reading.
    return undefined;
  }
  // The name before may hold spaces; the fields after it are those of proc(5), from the third on.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const seconds = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) / TICKS_PER_SECOND;
  return { parent: Number(fields[1]), own: seconds(11), ended: seconds(13) };
}
