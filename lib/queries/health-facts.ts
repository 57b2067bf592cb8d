/**
 * The facts that health is based on: measured, never assumed. Each measurement is bounded in time, and a failed one is a
 * fact too.
 */
import { call, DatabaseError, DatabaseUnavailable, type Lane } from "@/lib/db/client";
import { readDiskFree } from "@/lib/db/disk";
import type { SignsOfLife } from "@/lib/db/functions/metrics";
import type { Condition } from "@/lib/db/functions/reads";
import type { RetentionAnswers } from "@/lib/db/functions/retention";
import { LANES } from "@/lib/db/lanes";
import { localMigrations } from "@/lib/db/migrations";
import { processSingleton } from "@/lib/process-singleton";
import { senders } from "@/lib/providers";

const LOOK_MS = 2_000;
/** The public health is read often. Whether the database can be written is checked at most this often. */
const WRITE_EVERY_MS = 5_000;

export interface Facts {
  /** Null when the database does not answer. */
  condition: Condition | null;
  latencyMs: number | null;
  /** The database's clock minus ours, in milliseconds, as far as it is certain. */
  clockOffMs: number;
  /** Why the database cannot be written; null when it can. */
  writeProblem: string | null;
  /** Free bytes on the disk of the embedded database; null when we do not know its disk. */
  diskFree: number | null;
}

/** The facts of the public health. `freshly`: no cached fact is used. */
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

/** The database read its clock at some time within the call, so the duration of the call is uncertain. */
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

/** The lanes that get no answer. Without the search lane, where waiting is normal. */
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

/** Heartbeats of workers and the newest event of each provider; null when the database does not answer. */
export function readSignsOfLife(): Promise<SignsOfLife | null> {
  return call("health", "read_signs_of_life", { p_providers: senders.map(({ slug }) => slug) }, LOOK_MS).catch(
    () => null,
  );
}

/** Partitions that are ready, and why nothing is deleted; null when the database does not answer. */
export function readRetentionHealth(): Promise<RetentionAnswers["read_retention_health"] | null> {
  return call("health", "read_retention_health", {}, LOOK_MS).catch(() => null);
}
