/** Server reads of reconciliation: runs, what they found, and what they asked. */
import { parseId } from "@/lib/contract/ids";
import type {
  ApiRequestPage,
  FindingDetail,
  FindingPage,
  MissingCounts,
  Reconciliation,
  ReconciliationFilter,
  ReconciliationPage,
} from "@/lib/contract/reconciliations";
import { isUnderWay } from "@/lib/contract/reconciliations";
import type { FindingKind, FindingState } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import { maskSecrets } from "@/lib/pipeline/mask";
import { findProvider } from "@/lib/providers";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { sourceNumber } from "./sources";

/** A page shows no more of a body, as of an event's. */
const MOST_SHOWN_BYTES = 1024 * 1024;
const LOOK_EVERY_MS = 250;

interface PageRequest {
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

/** Findings of a run, in the order they were found. Throws a `Refusal` when the caller may see no such run. */
export async function listFindings(
  id: string,
  { kind, state, limit, cursor }: PageRequest & { kind?: FindingKind; state?: FindingState },
  asker: Scoped,
): Promise<FindingPage> {
  const page = await call("console", "list_findings", {
    p_id: reconciliationNumber(id),
    p_kind: kind ?? null,
    p_state: state ?? null,
    p_limit: limit,
    p_after: cursor ?? null,
    ...scopeOf(asker),
  });
  return page ?? missing();
}

/** One finding of a run with its bytes, in which secrets are masked. Throws a `Refusal` when the caller may see none. */
export async function getFinding(id: string, findingId: string, asker: Scoped): Promise<FindingDetail> {
  const number = parseId("finding", findingId);
  const found = number === undefined ? null : await call("console", "get_finding", { p_id: number, ...scopeOf(asker) });
  if (!found || found.reconciliation_id !== `rc_${reconciliationNumber(id)}`) throw new Refusal("no_such_finding");
  const { body_base64, ...rest } = found;
  if (body_base64 === null) return { ...rest, body_base64, body_cut: false };
  const provider = findProvider(found.provider_slug) ?? { slug: found.provider_slug };
  const bytes = maskSecrets(Buffer.from(body_base64, "base64"), provider);
  return {
    ...rest,
    body_base64: bytes.toString("base64", 0, MOST_SHOWN_BYTES),
    body_cut: bytes.length > MOST_SHOWN_BYTES,
  };
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

function missing(): never {
  throw new Refusal("no_such_reconciliation");
}
