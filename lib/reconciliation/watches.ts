/** The schedule: which runs are due, of sources that have a key. */
import { call } from "@/lib/db/client";
import type { WatchedSource } from "@/lib/db/functions/reconciliation";
import { log } from "@/lib/log";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { listAccounts } from "./accounts";
import { dueSpan, windowsOf } from "./plan";
import { findProviderWithApi } from "./session";

/** Who asks for the runs of the schedule. */
export const SCHEDULE = { p_actor: "Schedule", p_actor_id: "schedule" };

/** Asks for the runs that are due. Returns how many. */
export async function startDueRuns(): Promise<number> {
  const sources = (await listAccounts()).map(
    ({ provider, sourceId }): WatchedSource => ({
      provider: provider.slug,
      source_id: sourceId,
      wait_seconds: provider.api.waitSeconds,
      horizon_days: provider.api.horizonDays ?? null,
    }),
  );
  if (sources.length === 0) return 0;
  const due = await call("pipeline", "due_watches", { p_sources: sources });
  for (const { provider: slug, source_id, from_ts, to_ts, back_fills, started_by } of due) {
    const api = findProviderWithApi(slug)?.api;
    const span = api && dueSpan({ from: new Date(from_ts), to: new Date(to_ts) }, api);
    if (!api || !span) continue;
    const made = await call("pipeline", "create_reconciliation", {
      p_run: {
        provider: slug,
        source_id,
        from_ts: span.from.toISOString(),
        to_ts: span.to.toISOString(),
        types: null,
        dry_run: !back_fills,
        started_by,
        windows: windowsOf(span, api),
      },
      p_request_id: "schedule",
      ...SCHEDULE,
      ...scopeOf(EVERYTHING),
    });
    log("reconciliation", { provider: slug, source_id, decision: made.result, started_by });
  }
  return due.length;
}
