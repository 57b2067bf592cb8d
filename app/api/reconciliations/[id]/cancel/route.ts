import { handle } from "@/app/api/handle";
import { cancelReconciliation } from "@/lib/commands/reconciliations";
import { requireReconciliation } from "@/lib/queries/reconciliations";

/** Ends a run. What it found so far remains. */
export const POST = handle("reconcile", async (context) => {
  const { id } = await cancelReconciliation(String(context.params.id), context);
  return requireReconciliation(id, context.actor);
});
