import { handle } from "@/app/api/handle";
import { endOwnSession } from "@/lib/commands/sessions";

/** Ends one of the caller's own sessions. */
export const DELETE = handle("view", async (context) => {
  await endOwnSession(String(context.params.id), context);
  return new Response(null, { status: 204 });
});
