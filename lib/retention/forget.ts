/**
 * Deletes what is past its horizon: whole partitions of received bytes first, then rows in batches. Where
 * RETENTION_EXPORT_DIR is set, each is exported before, and only what was exported is deleted.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { call } from "@/lib/db/client";
import type { Partition, RetentionClass } from "@/lib/db/functions/retention";
import { environment } from "@/lib/env";
import { log } from "@/lib/log";
import { writeExport } from "./export";

/** Rows of one transaction. */
const AT_ONCE = 5_000;
/** A change of an event's row touches some thirty indexes, and an event goes with all that hangs on it. */
const EVENTS_AT_ONCE = 500;
/** Live work gets at least as much time as a batch took. */
const PAUSE_AT_LEAST_MS = 50;

/** In the order they go: an event outlives its bytes. */
const CLASSES: readonly RetentionClass[] = ["bodies", "readable", "answers", "events", "audit"];

/** The export could not be written, so nothing is deleted. */
export class ExportFailed extends Error {}

/**
 * Goes once over everything. `goOn` is asked between batches: false ends it there. Throws `ExportFailed`. Returns how many
 * rows were deleted.
 */
export async function forgetOnce(goOn: () => Promise<boolean>): Promise<number> {
  let rows = await forgetPartitions(goOn);
  for (const one of CLASSES) rows += await forgetClass(one, goOn);
  return rows;
}

async function forgetPartitions(goOn: () => Promise<boolean>): Promise<number> {
  let rows = 0;
  let after = -1;
  for (;;) {
    if (!(await goOn())) return rows;
    const partition = await call("pipeline", "find_forgettable_bodies", { p_after: after });
    if (!partition) return rows;
    const dropped = await dropPartition(partition);
    rows += dropped;
    after = partition.from_id;
  }
}

async function dropPartition({ name, from_id, to_id }: Partition): Promise<number> {
  const started = performance.now();
  const file = await exported(`bodies-${from_id}-${to_id - 1}`, pagesOf(from_id - 1, to_id));
  const { result, rows } = await call("pipeline", "drop_bodies", {
    p_name: name,
    p_exported: file?.rows ?? null,
    p_file: file?.name ?? null,
  });
  log("partition_forgotten", { partition: name, decision: result, rows, duration_ms: since(started) });
  return rows;
}

/** What a partition has, as much at a time as a batch. */
async function* pagesOf(from: number, before: number): AsyncGenerator<Record<string, unknown>[]> {
  for (let after = from; ; ) {
    const { ids, last } = await call("pipeline", "list_forgettable", {
      ...{ p_class: "bodies" as const, p_after: after, p_before: before, p_limit: AT_ONCE },
    });
    if (ids.length > 0) yield await call("pipeline", "read_forgettable", { p_class: "bodies", p_ids: ids });
    if (last === after) return;
    after = last;
  }
}

async function forgetClass(p_class: RetentionClass, goOn: () => Promise<boolean>): Promise<number> {
  const p_limit = p_class === "readable" || p_class === "events" ? EVENTS_AT_ONCE : AT_ONCE;
  let rows = 0;
  for (let after = 0; ; ) {
    if (!(await goOn())) return rows;
    const started = performance.now();
    const { ids, last, ended } = await call("pipeline", "list_forgettable", {
      ...{ p_class, p_after: after, p_before: null, p_limit },
    });
    if (ids.length > 0) rows += await forgetBatch(p_class, ids);
    if (ended || last === after) return rows;
    after = last;
    await sleep(Math.max(PAUSE_AT_LEAST_MS, since(started)));
  }
}

async function forgetBatch(p_class: RetentionClass, p_ids: number[]): Promise<number> {
  const started = performance.now();
  async function* page() {
    yield await call("pipeline", "read_forgettable", { p_class, p_ids });
  }
  const file = await exported(`${p_class}-${p_ids[0]}-${p_ids.at(-1)}`, page());
  const { result, rows } = await call("pipeline", "forget_rows", { p_class, p_ids, p_file: file?.name ?? null });
  log("batch_forgotten", { class: p_class, decision: result, rows, duration_ms: since(started) });
  return rows;
}

/** Writes an export; undefined where none is wanted. What was exported and then is still needed is exported again later. */
async function exported(what: string, pages: AsyncIterable<Record<string, unknown>[]>) {
  const { RETENTION_EXPORT_DIR } = environment();
  if (!RETENTION_EXPORT_DIR) return undefined;
  const name = `${what}-${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 17)}`;
  try {
    return { name: `${name}.jsonl.gz`, rows: await writeExport(RETENTION_EXPORT_DIR, name, pages) };
  } catch (error) {
    if (isOfFiles(error)) throw new ExportFailed(`${RETENTION_EXPORT_DIR}: ${(error as Error).message}`);
    throw error;
  }
}

/** Node's errors of files have a system call; those of the database do not. */
function isOfFiles(error: unknown): boolean {
  return typeof (error as { syscall?: unknown }).syscall === "string";
}

function since(started: number): number {
  return Math.round(performance.now() - started);
}
