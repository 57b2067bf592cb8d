/**
 * The runbook's reconciliation of campaigns and leads: a run for each source of an organisation, awaited for a while, and one
 * answer for all of them.
 */

import { setTimeout as wait } from "node:timers/promises";
import { printId } from "@/lib/contract/ids";
import type { CampaignsLeads, Reconciliation } from "@/lib/contract/reconciliations";
import { isUnderWay } from "@/lib/contract/reconciliations";
import { call } from "@/lib/db/client";
import { awaitReconciliation } from "@/lib/queries/reconciliations";
import { beyondScope, isWithin, scopeOf } from "@/lib/scope";
import type { ActorContext } from "./actor";
import { type AskedOrganisation, answerOf } from "./campaigns-leads-answer";
import { createReconciliation } from "./reconciliations";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
/** A proxy gives up after 30 seconds. */
const WAIT_MS = 25_000;
/** How long a run that ended is given to deliver what it found. */
const REPAIR_MS = 15_000;
const LOOK_EVERY_MS = 250;

export interface CampaignsLeadsInput extends AskedOrganisation {
  from_ts?: string;
  to_ts?: string;
  /** How long it waits for the end. Default: 25 seconds. */
  waitMs?: number;
}

/**
 * Runs it and waits for its end, for `waitMs` at most. Without a source of the organisation the provider's default endpoint
 * is meant. Throws a `Refusal` as `createReconciliation` does.
 */
export async function reconcileCampaignsAndLeads(
  asked: CampaignsLeadsInput,
  by: ActorContext,
): Promise<CampaignsLeads> {
  if (!isWithin(by.actor, asked.org_id)) throw beyondScope(by.actor, "org_id");
  const deadline = Date.now() + (asked.waitMs ?? WAIT_MS);
  const window = windowOf(asked);
  const started: Reconciliation[] = [];
  for (const source_id of await sourcesOf(asked, by)) {
    const { provider_slug, dry_run } = asked;
    const run = await createReconciliation({ provider_slug, source_id, dry_run, ...window }, by);
    started.push(await awaitReconciliation(run.id, 0, by.actor));
  }
  const runs: Reconciliation[] = [];
  for (const { id } of started) runs.push(await awaitRepaired(id, deadline, by));
  return answerOf(asked, runs, by);
}

/** The run once it has ended, and what it found is back-filled where it does that; as it is at the deadline otherwise. */
async function awaitRepaired(id: string, deadline: number, { actor }: ActorContext): Promise<Reconciliation> {
  let run = await awaitReconciliation(id, deadline - Date.now(), actor);
  const givesUp = Math.min(deadline, Date.now() + REPAIR_MS);
  while (!run.dry_run && !isRepaired(run) && Date.now() < givesUp) {
    await wait(LOOK_EVERY_MS);
    run = await awaitReconciliation(id, 0, actor);
  }
  return run;
}

/** A run that found nothing to bring back has no replay. */
function isRepaired({ status, back_filling, counts, replay_id }: Reconciliation): boolean {
  if (isUnderWay(status) || back_filling > 0) return false;
  return replay_id !== null || counts.missing + counts.rejected + counts.not_subscribed + counts.drifted === 0;
}

function windowOf({ from_ts, to_ts }: CampaignsLeadsInput) {
  const end = to_ts ?? new Date().toISOString();
  return { from_ts: from_ts ?? new Date(Date.parse(end) - DEFAULT_DAYS * DAY_MS).toISOString(), to_ts: end };
}

async function sourcesOf({ provider_slug, org_id, company_id }: CampaignsLeadsInput, { actor }: ActorContext) {
  if (org_id === undefined) return [undefined];
  const numbers = await call("console", "list_sources_of_organisation", {
    p_provider: provider_slug,
    p_organisation_id: org_id,
    p_company_id: company_id ?? null,
    ...scopeOf(actor),
  });
  return numbers.length > 0 ? numbers.map((number) => printId("source", number)) : [undefined];
}
