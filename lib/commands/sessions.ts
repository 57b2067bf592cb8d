/** Ending sessions, one's own and those of other people. */

import { accountOf, rolesWithin } from "@/lib/auth/permissions";
import { parseFullId } from "@/lib/contract/ids";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import { sessionOwner } from "@/lib/queries/sessions";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { personId, staffRefusal } from "./staff";

/** Ends one of the caller's own sessions, `se_12`. Throws a `Refusal` when it is not theirs or has ended. */
export async function endOwnSession(id: string, by: ActorContext): Promise<void> {
  const person = sessionOwner(by.actor);
  const number = parseFullId("session", id);
  const ended =
    number !== undefined &&
    (await call("console", "end_session", {
      p_staff_id: person,
      p_id: number,
      p_request_id: by.requestId,
    }));
  if (!ended) throw new Refusal("no_such_session");
}

/** Signs the caller out everywhere, including this session. Returns the number of ended sessions. */
export function endOwnSessions(by: ActorContext): Promise<number> {
  return endAll(sessionOwner(by.actor), by);
}

/**
 * Signs another person out everywhere. Throws a `Refusal` for the caller's own account, and for a person with more rights.
 */
export function endSessionsOf(staffId: string, by: ActorContext): Promise<number> {
  return endAll(personId(staffId), by, rolesWithin(by.actor));
}

async function endAll(staffId: string, by: ActorContext, within?: StaffRole[]): Promise<number> {
  const own = accountOf(by.actor);
  const answer = await call("console", "end_all_sessions", {
    p_staff_id: staffId,
    ...scopeOf(by.actor),
    ...byArguments(by),
    ...(within && { p_within: within }),
    ...(own && { p_own_id: own }),
  });
  if (answer.result !== "ended") throw staffRefusal(answer.result);
  return answer.ended ?? 0;
}
