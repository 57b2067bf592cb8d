import { handle } from "@/app/api/handle";
import { endSessionsOf } from "@/lib/auth/sessions";
import { personId } from "@/lib/auth/staff";

/** Signs a person out everywhere. */
export const DELETE = handle("manage", async (context) => ({
  ended: await endSessionsOf(personId(String(context.params.id)), context),
}));
