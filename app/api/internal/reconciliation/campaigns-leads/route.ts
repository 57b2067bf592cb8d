import { handle, readJson } from "@/app/api/handle";
import { reconcileCampaignsAndLeads } from "@/lib/commands/campaigns-leads";
import { campaignsLeadsRequest } from "@/lib/contract/api/campaigns-leads";
import { isUnderWay } from "@/lib/contract/reconciliations";

export const dynamic = "force-dynamic";
/** It waits 25 s for the end of its runs. */
export const maxDuration = 60;

/** The runbook's reconciliation: 200 with the result, 202 with the ids when it takes longer. */
export const POST = handle("replay_many", async (context) => {
  const asked = campaignsLeadsRequest.parse(await readJson(context.request));
  const answer = await reconcileCampaignsAndLeads(asked, context);
  return Response.json(answer, { status: isUnderWay(answer.status) ? 202 : 200 });
});
