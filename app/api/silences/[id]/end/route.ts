import { handle } from "@/app/api/handle";
import { endSilence } from "@/lib/commands/alert-silences";
import { requireSilence } from "@/lib/queries/alerts";

/** Ends a silence now. */
export const POST = handle("alert", async (context) => {
  const id = String(context.params.id);
  await endSilence(id, context);
  return requireSilence(id, context.actor);
});
