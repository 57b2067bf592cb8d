/** Whose work a turn was: seconds of CPU of whole process trees, from /proc. The only reader of it. Linux only. */
import { readdirSync, readFileSync } from "node:fs";

/** Of Linux, on every architecture it calls itself so. */
const TICKS_PER_SECOND = 100;

/** Names of process trees and the process at the root of each. */
export type Trees = Readonly<Record<string, number>>;

export interface Spent {
  /** Of the clock. */
  seconds: number;
  /** Of CPU, by tree. */
  cpu: Record<string, number>;
}

/** Does the work, and says what each tree spent meanwhile. Trees that start during the work count from their start. */
export async function spentBy<Result>(
  trees: Trees | (() => Trees),
  work: () => Promise<Result>,
): Promise<Spent & { result: Result }> {
  const roots = () => (typeof trees === "function" ? trees() : trees);
  const before = secondsOf(roots());
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const after = secondsOf(roots());
  const cpu = Object.fromEntries(Object.entries(after).map(([name, spent]) => [name, spent - (before[name] ?? 0)]));
  return { seconds, cpu, result };
}

/** The process that started this one. */
export function parentOf(pid: number): number {
  return allProcesses().get(pid)?.parent ?? 0;
}

/** Seconds of CPU so far, by tree. */
export function secondsOf<Name extends string>(trees: Readonly<Record<Name, number>>): Record<Name, number> {
  const processes = allProcesses();
  const spent = Object.entries<number>(trees).map(([name, root]) => [name, treeSeconds(root, processes)]);
  return Object.fromEntries(spent) as Record<Name, number>;
}

interface Process {
  parent: number;
  /** Seconds of its own and of its children that have ended. */
  spent: number;
}

function treeSeconds(root: number, processes: Map<number, Process>): number {
  const children = [...processes].filter(([, { parent }]) => parent === root);
  const below = children.reduce((sum, [pid]) => sum + treeSeconds(pid, processes), 0);
  return (processes.get(root)?.spent ?? 0) + below;
}

function allProcesses(): Map<number, Process> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.flatMap((name) => {
      const found = processOf(name);
      return found ? [[Number(name), found] as const] : [];
    }),
  );
}

function processOf(pid: string): Process | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    // It ended between listing and reading.
    return undefined;
  }
  // The name before may hold spaces; the fields after it are those of proc(5), from the third on.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  return { parent: Number(fields[1]), spent: ticks / TICKS_PER_SECOND };
}
