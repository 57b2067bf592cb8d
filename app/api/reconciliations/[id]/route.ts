import { handle } from "@/app/api/handle";
import { requireReconciliation } from "@/lib/queries/reconciliations";

/** One run with its counts. */
export const GET = handle("view", ({ params, actor }) => requireReconciliation(String(params.id), actor));
