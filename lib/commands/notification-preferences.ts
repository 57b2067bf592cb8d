import type { OwnPreferences, Preferences } from "@/lib/contract/api/notifications";
import { call } from "@/lib/db/client";
import { mailProblem } from "@/lib/outbound/mail";
import { personOf } from "@/lib/queries/channels";
import { type ActorContext, byArguments } from "./actor";

/** Changes what the caller wants to be told; answers all of it. Throws a `Refusal` for a token without a person. */
export async function changePreferences(changes: Partial<Preferences>, by: ActorContext): Promise<OwnPreferences> {
  const changed = await call("console", "change_notification_preferences", {
    p_staff_id: personOf(by.actor),
    p_changes: changes,
    ...byArguments(by),
  });
  return { ...changed, mail_problem: mailProblem() };
}
