import { handle } from "@/app/api/handle";
import { endSessionsOf } from "@/lib/commands/sessions";

/** Signs a person out everywhere. */
export const DELETE = handle("manage", async (context) => ({
  ended: await endSessionsOf(String(context.params.id), context),
}));
