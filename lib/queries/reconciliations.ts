/** Server reads of reconciliation: runs, what they found, and what they asked. */
import { parseId } from "@/lib/contract/ids";
import type { ReconciliationFilter } from "@/lib/contract/reconciliation-filter";
import type { ApiRequestPage, MissingCounts, Reconciliation, ReconciliationPage } from "@/lib/contract/reconciliations";
import { isUnderWay } from "@/lib/contract/reconciliations";
import { call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { sourceNumber } from "./sources";

const LOOK_EVERY_MS = 250;

export interface PageRequest {
  limit: number;
  cursor?: number;
}

/** Runs, newest first. Throws a `Refusal` for a source's id that cannot be one. */
export function listReconciliations(
  { provider_slug, source_id, status }: ReconciliationFilter,
  { limit, cursor }: PageRequest,
  asker: Scoped,
): Promise<ReconciliationPage> {
  return call("console", "list_reconciliations", {
    p_filter: {
      ...(provider_slug && { provider: provider_slug }),
      ...(source_id && { source_id: sourceNumber(source_id) }),
      ...(status?.length && { status }),
    },
    p_limit: limit,
    p_after: cursor ?? null,
    ...scopeOf(asker),
  });
}

/** `rc_12` or `12` → the run, null when the caller may see no such run. */
export async function getReconciliation(id: string, asker: Scoped): Promise<Reconciliation | null> {
  const number = parseId("reconciliation", id);
  return number === undefined ? null : call("console", "get_reconciliation", { p_id: number, ...scopeOf(asker) });
}

/** The same. Throws a `Refusal` when the caller may see no such run. */
export async function requireReconciliation(id: string, asker: Scoped): Promise<Reconciliation> {
  return (await getReconciliation(id, asker)) ?? missing();
}

/** The run once it has ended, or as it is after `waitMs`. */
export async function awaitReconciliation(id: string, waitMs: number, asker: Scoped): Promise<Reconciliation> {
  const until = Date.now() + waitMs;
  let run = await requireReconciliation(id, asker);
  while (isUnderWay(run.status) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    run = await requireReconciliation(id, asker);
  }
  return run;
}

/** What a run asked of the provider, newest first. Throws a `Refusal` when the caller may see no such run. */
export async function listApiRequests(
  id: string,
  { limit, cursor }: PageRequest,
  asker: Scoped,
): Promise<ApiRequestPage> {
  const page = await call("console", "list_api_requests", {
    p_id: reconciliationNumber(id),
    p_limit: limit,
    p_after: cursor ?? null,
    ...scopeOf(asker),
  });
  return page ?? missing();
}

/** What is missing now, and what was repaired within a day, in all that the caller may see. */
export function readMissingCounts(asker: Scoped): Promise<MissingCounts> {
  return call("console", "missing_counts", scopeOf(asker));
}

/** The number in `rc_12` or `12`. Throws a `Refusal` for anything else. */
export function reconciliationNumber(id: string): number {
  return parseId("reconciliation", id) ?? missing();
}

/** Throws the `Refusal` for a run that the caller may not see. */
export function missing(): never {
  throw new Refusal("no_such_reconciliation");
}
