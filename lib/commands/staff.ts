/** Inviting people, and changing their rights. */

import { accountOf, leastRoleOf, rolesWithin } from "@/lib/auth/permissions";
import { hashSecret, makeSecret } from "@/lib/auth/secrets";
import { SCOPE_NAMES } from "@/lib/contract/scopes";
import type { Invitation, StaffChange, StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import type { StaffChanged, StaffRefusal } from "@/lib/db/functions/people";
import { Refusal } from "@/lib/refusals";
import { beyondScope, type Organisations, scopeOf } from "@/lib/scope";
import { type ActorAtOrigin, type ActorContext, byArguments } from "./actor";

/** Adds a person to the staff. They sign in with the link in the answer, which is shown only there. */
export async function inviteStaff(
  { email, role, organisations }: { email: string; role: StaffRole; organisations?: Organisations },
  by: ActorAtOrigin,
): Promise<StaffWithInvitation> {
  if (!rolesWithin(by.actor).includes(role)) {
    throw new Refusal("role_beyond_rights", { role });
  }
  const secret = makeSecret();
  const answer = await call("console", "invite_staff", {
    p_email: email,
    p_role: role,
    p_organisations: organisations === undefined ? by.actor.organisations : organisations,
    p_token_hash: hashSecret(secret),
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  return withLink(answer, secret, by);
}

/** A new link for a person who lost theirs, or the password. Earlier links become invalid. */
export async function linkStaff(id: string, by: ActorAtOrigin): Promise<StaffWithInvitation> {
  const secret = makeSecret();
  const answer = await call("console", "link_staff", {
    p_id: personId(id),
    p_token_hash: hashSecret(secret),
    p_within: rolesWithin(by.actor),
    ...scopeOf(by.actor),
    ...byArguments(by),
    ...onBehalf(by),
  });
  return withLink(answer, secret, by);
}

/**
 * Changes role or organisations, disables or enables. Ends the person's sessions. Throws a `Refusal` for the last
 * administrator, and for disabling a person with active tokens when the request does not say what happens to them.
 */
export async function changeStaff(
  id: string,
  { role, disabled, organisations, tokens }: StaffChange,
  by: ActorContext,
): Promise<StaffMember> {
  const answer = await call("console", "change_staff", {
    p_id: personId(id),
    p_within: rolesWithin(by.actor),
    ...scopeOf(by.actor),
    ...byArguments(by),
    ...onBehalf(by),
    ...(role && { p_role: role }),
    ...(disabled !== undefined && { p_disabled: disabled }),
    ...(organisations !== undefined && { p_rescope: true, p_organisations: organisations }),
    ...(tokens && { p_tokens: tokens === "revoke" ? tokens : tokens.hand_over_to }),
    p_scope_roles: Object.fromEntries(SCOPE_NAMES.map((scope) => [scope, leastRoleOf(scope)])),
  });
  return personIn(answer, by);
}

function onBehalf({ actor }: ActorContext) {
  const account = accountOf(actor);
  return account ? { p_own_id: account } : {};
}

/** The id of a person in a path. Throws a `Refusal` for anything that cannot be an id. */
export function personId(id: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id.toLowerCase();
  throw new Refusal("no_such_person");
}

/** A refusal by SQL, as the refusal that the caller gets. */
export function staffRefusal(result: StaffRefusal): Refusal {
  return new Refusal(result === "not_found" ? "no_such_person" : result);
}

function personIn(answer: StaffChanged, { actor }: ActorContext): StaffMember {
  if (answer.staff) return answer.staff;
  if (answer.result === "beyond_scope") throw beyondScope(actor, "organisations");
  throw staffRefusal(answer.result as StaffRefusal);
}

function withLink(answer: StaffChanged, secret: string, by: ActorAtOrigin): StaffWithInvitation {
  const staff = personIn(answer, by);
  const invitation: Invitation = {
    url: new URL(`/invitation/${secret}`, by.origin).href,
    expires_at: answer.expires_at as string,
  };
  return { staff: { ...staff, link_expires_at: invitation.expires_at }, invitation };
}
