import type { Actor } from "@/lib/auth/permissions";
import type { StaffSession } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";

/** The caller's own open sessions. Throws a `Refusal` for tokens, which have none. */
export async function listOwnSessions(actor: Actor): Promise<StaffSession[]> {
  const sessions = await call("console", "list_sessions", {
    p_staff_id: sessionOwner(actor),
  });
  return sessions.map((session) => ({ ...session, is_current: session.id === actor.sessionId }));
}

/** The person whose sessions an actor may list and end as their own. Throws a `Refusal` for tokens. */
export function sessionOwner(actor: Actor): string {
  if (actor.kind === "staff") return actor.id;
  throw new Refusal("token_has_no_sessions");
}
