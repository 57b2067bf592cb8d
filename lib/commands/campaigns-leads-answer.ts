/** The runs of several sources as one answer. */
import type { CampaignsLeads, Reconciliation } from "@/lib/contract/reconciliations";
import { isUnderWay } from "@/lib/contract/reconciliations";
import { call } from "@/lib/db/client";
import { reconciliationNumber } from "@/lib/queries/reconciliations";
import { scopeOf } from "@/lib/scope";
import type { ActorContext } from "./actor";

export interface AskedOrganisation {
  provider_slug: "smartlead" | "heyreach";
  org_id?: string;
  company_id?: string;
  dry_run: boolean;
}

/** Lists of campaigns: each of their entries is one. Every other request with entries is about leads. */
const LISTS_CAMPAIGNS = /\/campaigns?(\/getall)?\/?$/i;

/** One answer about all runs, with what each asked of the provider. */
export async function answerOf(
  { provider_slug, org_id, company_id, dry_run }: AskedOrganisation,
  runs: readonly Reconciliation[],
  { actor, requestId }: ActorContext,
): Promise<CampaignsLeads> {
  const { errors, entries } = await call("console", "summarise_api_requests", {
    p_ids: runs.map(({ id }) => reconciliationNumber(id)),
    ...scopeOf(actor),
  });
  const sum = (count: (run: Reconciliation) => number) => runs.reduce((total, run) => total + count(run), 0);
  const campaigns = Object.entries(entries).reduce(
    (total, [path, count]) => total + (LISTS_CAMPAIGNS.test(path) ? count : 0),
    0,
  );
  return {
    provider_slug,
    org_id: org_id ?? null,
    company_id: company_id ?? null,
    dry_run,
    status: statusOf(runs),
    reason: runs.map(({ reason }) => reason).find((reason) => reason !== null) ?? null,
    reconciliation_ids: runs.map(({ id }) => id),
    from_ts: runs.map(({ from_ts }) => from_ts).toSorted()[0] ?? "",
    to_ts:
      runs
        .map(({ to_ts }) => to_ts)
        .toSorted()
        .at(-1) ?? "",
    campaigns: { compared: campaigns },
    leads: { compared: sum(({ counts }) => counts.provider) },
    missing: sum(({ counts }) => counts.missing + counts.rejected + counts.not_subscribed),
    drifted: sum(({ counts }) => counts.drifted),
    repaired: sum(({ counts }) => counts.repaired),
    counts_are: runs.every((run) => run.counts_are === "exact") ? "exact" : "at_least",
    provider_errors: errors,
    request_id: requestId,
  };
}

/** The worst of several: one that is still under way, then failed, partial, cancelled. */
function statusOf(runs: readonly Reconciliation[]): Reconciliation["status"] {
  const statuses = runs.map(({ status }) => status);
  if (statuses.some(isUnderWay)) return statuses.includes("running") ? "running" : "queued";
  if (statuses.every((status) => status === "failed")) return "failed";
  if (statuses.some((status) => status === "failed" || status === "partial")) return "partial";
  return statuses.includes("cancelled") ? "cancelled" : "completed";
}
