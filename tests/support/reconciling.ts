/** Works on runs in the process of a test, as a worker does, until they end. */
import type postgres from "postgres";
import { createReconciliation, type ReconciliationInput } from "@/lib/commands/reconciliations";
import { numberInId } from "@/lib/contract/ids";
import type { Reconciliation } from "@/lib/contract/reconciliations";
import { call } from "@/lib/db/client";
import { tendRuns } from "@/lib/reconciliation/run";
import { readWindow } from "@/lib/reconciliation/window";
import { ada } from "./actor";
import { workUntilIdle } from "./desk";

const NEVER = new AbortController().signal;

/** Asks for a run of Stripe over the last hours, and works on it until it ends. */
export async function reconcile(
  sql: postgres.Sql,
  input: Partial<ReconciliationInput> = {},
  by = ada as Parameters<typeof createReconciliation>[1],
): Promise<Reconciliation> {
  const run = await createReconciliation({ provider_slug: "stripe", ...lastHours(6), ...input }, by);
  await workOnRuns(sql);
  return getRun(sql, run.id);
}

export function lastHours(hours: number): { from_ts: string; to_ts: string } {
  const now = Date.now();
  return { from_ts: new Date(now - hours * 3_600_000).toISOString(), to_ts: new Date(now).toISOString() };
}

/** Reads the windows that are due, over and over, until every run has ended. */
export async function workOnRuns(sql: postgres.Sql, worker = "test"): Promise<void> {
  for (;;) {
    const windows = await call("pipeline", "claim_windows", { p_worker: worker, p_limit: 8, p_lease_seconds: 30 });
    await Promise.all(windows.map((window) => readWindow(window, NEVER)));
    await tendRuns();
    if (windows.length > 0) continue;
    const [open] = await sql`
      select count(*)::int as runs, min(extract(epoch from w.due_at - now_()) * 1000)::int as ms
      from reconciliations r left join reconciliation_windows w on w.reconciliation_id = r.id and w.status = 'pending'
      where r.status in ('queued', 'running')`;
    if (open?.runs === 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.max(5, open?.ms ?? 5)));
  }
}

/** The run as the API has it. */
export async function getRun(sql: postgres.Sql, id: string): Promise<Reconciliation> {
  const [row] = await sql`
    select run_json(r, null) as run from reconciliations r where r.id = ${numberInId(id)}`;
  return row?.run;
}

/** Delivers what is due, and lets runs follow. */
export async function deliverAndSettle(): Promise<void> {
  for (let fed = 1; fed > 0; ) {
    await workUntilIdle();
    fed = await call("pipeline", "advance_replays", {});
  }
  await tendRuns();
}

/** The rows of a table without what says when they were written. */
export async function rowsOf(sql: postgres.Sql, table: string): Promise<Record<string, unknown>[]> {
  const rows = await sql`
    select to_jsonb(t) - '{id,created_at,updated_at,versions,history}'::text[] as row
    from ${sql(table)} t`;
  return rows.map(({ row }) => row).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
