import type { PeopleRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

const BEYOND = { status: 403, detail: "A role can have no right that you do not have yourself." };

/** Staff, invitations, sessions and tokens. */
export const peopleProblems: ProblemsOf<PeopleRefusals> = {
  no_such_person: { status: 404, title: "There is no such person." },
  no_such_session: { status: 404, title: "You have no such session.", detail: "It may have ended." },
  no_such_token: { status: 404, title: "There is no such token.", detail: "Ids look like tk_12." },
  known: { status: 409, title: "A person with this e-mail already exists.", field: "email" },
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
  role_beyond_rights: ({ role }) => ({ ...BEYOND, title: `You may not give the role ${role}.`, field: "role" }),
  scopes_beyond_rights: ({ scopes }) => ({
    status: 403,
    title: `You may not give the scope ${scopes.join(", ")}.`,
    detail: "A token can have no right that you do not have yourself.",
    field: "scopes",
  }),
  token_has_no_sessions: {
    status: 403,
    title: "An API token has no sessions.",
    detail: "Sign in to the console to see and end your own.",
  },
  no_sign_in_limit: ({ kind }) => ({
    status: 404,
    title: `Nothing prevents this ${kind} from signing in.`,
    detail: "There was no wrong attempt within the last hour.",
    field: "subject",
  }),
  weak_password: ({ detail }) => ({
    status: 400,
    title: "This password is too easy to guess.",
    detail,
    field: "password",
  }),
  link_closed: {
    status: 404,
    title: "This link no longer works.",
    detail: "It was used, replaced by a newer one, or is older than 72 hours. Ask an administrator for a new one.",
    field: "token",
  },
};
