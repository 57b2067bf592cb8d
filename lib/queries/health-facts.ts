/** What health is judged by: looked at, never guessed. Each look is bounded, and one that fails is a fact too. */
import { statfs } from "node:fs/promises";
import { call, DatabaseError, DatabaseUnavailable, type Lane } from "@/lib/db/client";
import type { Condition } from "@/lib/db/functions/reads";
import { LANES } from "@/lib/db/lanes";
import { localMigrations } from "@/lib/db/migrations";
import { processSingleton } from "@/lib/process-singleton";

const LOOK_MS = 2_000;
/** The open health is asked often. Whether it can be written is looked at as seldom as this. */
const WRITE_EVERY_MS = 5_000;

export interface Facts {
  /** Null when the database does not answer. */
  condition: Condition | null;
  latencyMs: number | null;
  /** The database's clock less ours, in milliseconds, as far as it is certain. */
  clockOffMs: number;
  /** Why nothing can be written; null when it can. */
  writeProblem: string | null;
  /** Free bytes where the embedded database lives; null where we do not know its disk. */
  diskFree: number | null;
}

/** The facts of the open health. `freshly`: nothing that was seen before is used. */
export async function gatherFacts(freshly = false): Promise<Facts> {
  const [look, writeProblem, diskFree] = await Promise.all([lookAtDatabase(), probeWrite(freshly), readDiskFree()]);
  return { ...look, writeProblem, diskFree };
}

async function lookAtDatabase(): Promise<Pick<Facts, "condition" | "latencyMs" | "clockOffMs">> {
  const [before, started] = [Date.now(), performance.now()];
  try {
    const condition = await call("health", "read_condition", {}, LOOK_MS);
    const latencyMs = performance.now() - started;
    return { condition, latencyMs: Math.round(latencyMs), clockOffMs: clockOff(condition.at, before, latencyMs) };
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return { condition: null, latencyMs: null, clockOffMs: 0 };
    throw error;
  }
}

/** The database looked at its clock somewhere within the call, so that much is not certain. */
function clockOff(at: string, before: number, latencyMs: number): number {
  const off = Date.parse(at) - (before + latencyMs / 2);
  return Math.sign(off) * Math.max(0, Math.abs(off) - latencyMs / 2);
}

const probes = processSingleton("write-probe", () => ({
  at: 0,
  last: undefined as Promise<string | null> | undefined,
}));

function probeWrite(freshly: boolean): Promise<string | null> {
  if (probes.last && !freshly && Date.now() - probes.at < WRITE_EVERY_MS) return probes.last;
  probes.at = Date.now();
  probes.last = call("health", "probe_write", {}, LOOK_MS).then(
    () => null,
    (error: unknown) => {
      if (error instanceof DatabaseError || error instanceof DatabaseUnavailable) return error.message;
      throw error;
    },
  );
  return probes.last;
}

async function readDiskFree(): Promise<number | null> {
  const directory = process.env.REDRIVE_EMBEDDED;
  if (!directory) return null;
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** The lanes that get no answer. Not asked of search, where a wait is no fault. */
export async function silentLanes(): Promise<Lane[]> {
  const answers = await Promise.all(
    LANES.filter((lane) => lane !== "search").map(async (lane) => {
      const answered = await call(lane, "read_clock", {}, LOOK_MS).catch(() => null);
      return answered === null ? [lane] : [];
    }),
  );
  return answers.flat();
}

/** Versions of migrations that the database lacks; null when it does not say which it has. */
export async function missingMigrations(): Promise<string[] | null> {
  const applied = await call("health", "list_applied_migrations", {}, LOOK_MS).catch(() => null);
  return (
    applied &&
    localMigrations()
      .map(({ version }) => version)
      .filter((version) => !applied.includes(version))
  );
}
