/** Inviting people, changing what they may, and letting them in by a one-time link. */
import type { Invitation, StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { Problem, type ProblemInit } from "@/lib/errors";
import { beyondScope, type Organisations, type Scoped, scopeOf } from "@/lib/scope";
import { hashPassword } from "./password";
import { type Actor, rolesWithin } from "./permissions";
import { hashSecret, makeSecret } from "./secrets";

interface Asker {
  actor: Actor;
  requestId: string;
  /** The request a link is made for: it leads back to where that came from. */
  request: Request;
}

interface Answer {
  result: "invited" | "linked" | "changed" | "beyond_scope" | keyof typeof REFUSALS;
  staff?: StaffMember;
  expires_at?: string;
}

const BEYOND = { status: 403, detail: "A role can have no right that you do not have yourself." };

const REFUSALS = {
  known: { status: 409, title: "This e-mail is on the staff already.", field: "email" },
  not_found: { status: 404, title: "There is no such person." },
  own_account: { status: 409, title: "Nobody changes their own account here.", detail: "Ask another administrator." },
  beyond_rights: { ...BEYOND, title: "This person has, or would get, more rights than you." },
  last_admin: {
    status: 409,
    title: "This is the last active administrator.",
    detail: "Make somebody else an administrator first.",
  },
  disabled: { status: 409, title: "This person is disabled.", detail: "Enable the account, then make a link." },
} satisfies Record<string, ProblemInit>;

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
  const answer = await call<Answer>("console", "invite_staff", {
    p_email: email,
    p_role: role,
    p_organisations: (organisations === undefined ? asker.actor.organisations : organisations) as string[],
    p_token_hash: hashSecret(secret),
    ...askedBy(asker),
  });
  return withLink(answer, secret, asker);
}

/** A new link for somebody who lost theirs, or the password. Links from before open nothing any more. */
export async function linkStaff(id: string, asker: Asker): Promise<StaffWithInvitation> {
  const secret = makeSecret();
  const answer = await call<Answer>("console", "link_staff", {
    p_id: personId(id),
    p_token_hash: hashSecret(secret),
    p_within: rolesWithin(asker.actor),
    ...askedBy(asker),
  });
  return withLink(answer, secret, asker);
}

/** Another role, other organisations, disabled or enabled. Ends the person's sessions. Throws a `Problem` for the last administrator. */
export async function changeStaff(
  id: string,
  { role, disabled, organisations }: { role?: StaffRole; disabled?: boolean; organisations?: Organisations },
  asker: Omit<Asker, "request">,
): Promise<StaffMember> {
  const answer = await call<Answer>("console", "change_staff", {
    p_id: personId(id),
    p_within: rolesWithin(asker.actor),
    ...askedBy(asker),
    ...(role && { p_role: role }),
    ...(disabled !== undefined && { p_disabled: disabled }),
    ...(organisations !== undefined && { p_rescope: true, p_organisations: organisations as string[] }),
  });
  return personIn(answer, asker.actor);
}

/** Whom a link lets in. */
export interface OpenInvitation {
  email: string;
  name: string;
  role: StaffRole;
  /** False for somebody who has a password and lost it. */
  is_new: boolean;
  expires_at: string;
}

/** Whom the link lets in, null when it opens nothing. Throws a `Problem` after too many wrong ones from an address. */
export async function findInvitation(secret: string, address: string): Promise<OpenInvitation | null> {
  // The address in place of an account, so that guessing at links never locks anybody else out.
  const guesser = { p_email: `invitation ${address}`, p_ip: address };
  if (!(await call<boolean>("console", "sign_in_allowed", guesser))) {
    throw new Problem({
      status: 429,
      title: "Too many attempts.",
      detail: "Wait a few minutes, then try again.",
      headers: { "retry-after": "900" },
    });
  }
  const invitation = await call<OpenInvitation | null>("console", "find_invitation", {
    p_token_hash: hashSecret(secret),
  });
  if (!invitation) await call("console", "record_sign_in", { ...guesser, p_success: false });
  return invitation;
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
  const open = await findInvitation(token, address);
  const email =
    open &&
    (await call<string | null>("console", "accept_invitation", {
      p_token_hash: hashSecret(token),
      p_name: name,
      p_password_hash: await hashPassword(password),
      p_request_id: requestId,
    }));
  if (email) return email;
  throw new Problem({
    status: 404,
    title: "This link does not work any more.",
    detail: "It was used, replaced by a newer one, or is older than 72 hours. Ask an administrator for a new one.",
    field: "token",
  });
}

function askedBy({ actor, requestId }: Pick<Asker, "actor" | "requestId">) {
  return { ...scopeOf(actor), p_actor: actor.name, p_actor_id: actor.id, p_request_id: requestId };
}

function personId(id: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id.toLowerCase();
  throw new Problem(REFUSALS.not_found);
}

function personIn(answer: Answer, actor: Actor): StaffMember {
  if (answer.staff) return answer.staff;
  if (answer.result === "beyond_scope") throw beyondScope(actor, "organisations");
  throw new Problem(REFUSALS[answer.result as keyof typeof REFUSALS]);
}

function withLink(answer: Answer, secret: string, { actor, request }: Asker): StaffWithInvitation {
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
