/** Inviting people, changing what they may, and letting them in by a one-time link. */

import { passwordProblem } from "@/lib/contract/password-policy";
import { SCOPE_NAMES } from "@/lib/contract/scopes";
import type { Invitation, StaffChange, StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import type { OpenInvitation, StaffChanged, StaffRefusal } from "@/lib/db/functions/people";
import { environment } from "@/lib/env";
import { Problem, type ProblemInit } from "@/lib/errors";
import { beyondScope, type Organisations, type Scoped, scopeOf } from "@/lib/scope";
import { tooMany } from "./guesses";
import { hashPassword } from "./password";
import { guessable } from "./password-strength";
import { type Actor, accountOf, leastRoleOf, rolesWithin } from "./permissions";
import { hashSecret, makeSecret } from "./secrets";

interface Asker {
  actor: Actor;
  requestId: string;
  /** The request a link is made for: it leads back to where that came from. */
  request: Request;
}

const BEYOND = { status: 403, detail: "A role can have no right that you do not have yourself." };

/** Why people cannot be changed, for the results of the SQL functions. */
export const REFUSALS = {
  known: { status: 409, title: "A person with this e-mail already exists.", field: "email" },
  not_found: { status: 404, title: "There is no such person." },
  own_account: { status: 409, title: "You cannot change your own account here.", detail: "Ask another administrator." },
  beyond_rights: { ...BEYOND, title: "You cannot manage a person who has, or would get, more rights than you." },
  last_admin: {
    status: 409,
    title: "This is the last active administrator.",
    detail: "Make another person an administrator first.",
  },
  no_heir: {
    status: 409,
    title: "The tokens cannot be handed over to this person.",
    detail: "Only an active administrator can take them over.",
    field: "tokens",
  },
  has_tokens: {
    status: 409,
    title: "This person has API tokens that work.",
    detail: 'Say what happens to them: "tokens": "revoke", or "tokens": {"hand_over_to": "<id of an administrator>"}.',
    field: "tokens",
  },
  disabled: { status: 409, title: "This person is disabled.", detail: "Enable the account, then make a link." },
} satisfies Record<StaffRefusal, ProblemInit>;

/** Everybody who may no more than the asker's organisations, those who can sign in first. */
export function listStaff(asker: Scoped): Promise<StaffMember[]> {
  return call("console", "list_staff", scopeOf(asker));
}

/** Puts a person on the staff who gets in by the link in the answer, the only place where it is seen. */
export async function inviteStaff(
  { email, role, organisations }: { email: string; role: StaffRole; organisations?: Organisations },
  asker: Asker,
): Promise<StaffWithInvitation> {
  if (!rolesWithin(asker.actor).includes(role)) {
    throw new Problem({ ...BEYOND, title: `You may not give the role ${role}.`, field: "role" });
  }
  const secret = makeSecret();
  const answer = await call("console", "invite_staff", {
    p_email: email,
    p_role: role,
    p_organisations: organisations === undefined ? asker.actor.organisations : organisations,
    p_token_hash: hashSecret(secret),
    ...askedBy(asker),
  });
  return withLink(answer, secret, asker);
}

/** A new link for somebody who lost theirs, or the password. Links from before open nothing any more. */
export async function linkStaff(id: string, asker: Asker): Promise<StaffWithInvitation> {
  const secret = makeSecret();
  const answer = await call("console", "link_staff", {
    p_id: personId(id),
    p_token_hash: hashSecret(secret),
    p_within: rolesWithin(asker.actor),
    ...askedBy(asker),
    ...onBehalf(asker),
  });
  return withLink(answer, secret, asker);
}

/**
 * Another role, other organisations, disabled or enabled. Ends the person's sessions. Throws a `Problem` for the last administrator, and for
 * disabling somebody whose tokens work without a word on what becomes of them.
 */
export async function changeStaff(
  id: string,
  { role, disabled, organisations, tokens }: StaffChange,
  asker: Omit<Asker, "request">,
): Promise<StaffMember> {
  const answer = await call("console", "change_staff", {
    p_id: personId(id),
    p_within: rolesWithin(asker.actor),
    ...askedBy(asker),
    ...onBehalf(asker),
    ...(role && { p_role: role }),
    ...(disabled !== undefined && { p_disabled: disabled }),
    ...(organisations !== undefined && { p_rescope: true, p_organisations: organisations }),
    ...(tokens && { p_tokens: tokens === "revoke" ? tokens : tokens.hand_over_to }),
    p_scope_roles: Object.fromEntries(SCOPE_NAMES.map((scope) => [scope, leastRoleOf(scope)])),
  });
  return personIn(answer, asker.actor);
}

/**
 * Whom the link lets in, null when it opens nothing. Throws a `Problem` after too many wrong ones from an address. Only
 * `counts` what somebody sent on purpose: any site can make a browser open a page.
 */
export async function findInvitation(
  secret: string,
  address: string,
  { counts }: { counts: boolean },
): Promise<OpenInvitation | null> {
  const answer = await call("console", "open_invitation", {
    p_token_hash: hashSecret(secret),
    p_address: address,
    p_counts: counts,
  });
  if (answer.wait) throw tooMany(answer.wait);
  return answer.invitation;
}

interface Acceptance {
  token: string;
  name: string;
  password: string;
}

/** Sets name and password and uses the link up. Answers the e-mail to sign in with. */
export async function acceptInvitation(
  { token, name, password }: Acceptance,
  { address, requestId }: { address: string; requestId: string },
): Promise<string> {
  // Before the password is hashed, which costs much more than the look-up.
  const open = await findInvitation(token, address, { counts: true });
  const known = open ? [open.email, name] : [];
  const weak = open && (passwordProblem(password, known) ?? (await guessable(password, known)));
  if (weak)
    throw new Problem({ status: 400, title: "This password is too easy to guess.", detail: weak, field: "password" });
  const email =
    open &&
    (await call("console", "accept_invitation", {
      p_token_hash: hashSecret(token),
      p_name: name,
      p_password_hash: await hashPassword(password, address),
      p_request_id: requestId,
    }));
  if (email) return email;
  throw new Problem({
    status: 404,
    title: "This link no longer works.",
    detail: "It was used, replaced by a newer one, or is older than 72 hours. Ask an administrator for a new one.",
    field: "token",
  });
}

function onBehalf({ actor }: Pick<Asker, "actor">) {
  const account = accountOf(actor);
  return account ? { p_own_id: account } : {};
}

function askedBy({ actor, requestId }: Pick<Asker, "actor" | "requestId">) {
  return { ...scopeOf(actor), p_actor: actor.name, p_actor_id: actor.id, p_request_id: requestId };
}

/** The id of a person in a path. Throws a `Problem` for what cannot be one. */
export function personId(id: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id.toLowerCase();
  throw new Problem(REFUSALS.not_found);
}

function personIn(answer: StaffChanged, actor: Actor): StaffMember {
  if (answer.staff) return answer.staff;
  if (answer.result === "beyond_scope") throw beyondScope(actor, "organisations");
  throw new Problem(REFUSALS[answer.result as keyof typeof REFUSALS]);
}

function withLink(answer: StaffChanged, secret: string, { actor, request }: Asker): StaffWithInvitation {
  const staff = personIn(answer, actor);
  const invitation: Invitation = {
    url: new URL(`/invitation/${secret}`, originOf(request)).href,
    expires_at: answer.expires_at as string,
  };
  return { staff: { ...staff, link_expires_at: invitation.expires_at }, invitation };
}

/** Where people reach this app: as configured, else as the asker reached it. */
function originOf(request: Request): string {
  const { PUBLIC_URL } = environment();
  const { protocol, host } = new URL(request.url);
  return PUBLIC_URL ?? `${protocol}//${request.headers.get("host") ?? host}`;
}
