import { handle, readJson } from "@/app/api/handle";
import { createReconciliation } from "@/lib/commands/reconciliations";
import { createReconciliationRequest, listReconciliationsRequest } from "@/lib/contract/api/reconciliations";
import { readQuery } from "@/lib/contract/event-filter";
import { listReconciliations, requireReconciliation } from "@/lib/queries/reconciliations";

/** Runs, newest first. */
export const GET = handle("view", ({ request, actor }) => {
  const { limit, cursor, ...filter } = listReconciliationsRequest.parse(readQuery(new URL(request.url).searchParams));
  return listReconciliations(filter, { limit, cursor }, actor);
});

/** Asks for a run. It is worked on in the background. */
export const POST = handle("reconcile", async (context) => {
  const asked = createReconciliationRequest.parse(await readJson(context.request));
  const { id } = await createReconciliation(asked, context);
  return Response.json({ reconciliation_id: id, ...(await requireReconciliation(id, context.actor)) }, { status: 202 });
});
