/** People, their links and API tokens as the API answers them. A link or a token is seen whole once, when it is made. */
import type { Scope } from "./scopes";
import type { StaffRole } from "./vocabulary";

/** Characters. */
export const SHORTEST_PASSWORD = 12;

/** `invited`: has never set a password nor signed in. */
export type StaffStatus = "active" | "invited" | "disabled";

export interface StaffMember {
  id: string;
  email: string;
  name: string;
  role: StaffRole;
  /** Whose events the person may see and act on; null is all of them. */
  organisations: string[] | null;
  status: StaffStatus;
  created_at: string;
  last_sign_in_at: string | null;
  disabled_at: string | null;
  /** Until when an unused link lets this person set a password. */
  link_expires_at: string | null;
  /** API tokens this person made that have not ended: they stop working while the person is disabled. */
  active_tokens: number;
}

export interface Invitation {
  /** The one-time link. */
  url: string;
  expires_at: string;
}

/** Answer to inviting and to making a new link. */
export interface StaffWithInvitation {
  staff: StaffMember;
  invitation: Invitation;
}

/** `owner_disabled`: works again when the person who made it is enabled again. */
export type ApiTokenStatus = "active" | "expired" | "revoked" | "owner_disabled";

export interface ApiToken {
  /** `tk_12`. */
  id: string;
  name: string;
  /** Its last four characters. */
  hint: string;
  scopes: Scope[];
  created_by: string;
  /** Whose events it may see and act on now, within those of its maker; null is all of them. */
  organisations: string[] | null;
  /** The role now of who made it, which bounds what it may; null for one that a token of the command line made. */
  owner_role: StaffRole | null;
  status: ApiTokenStatus;
  created_at: string;
  expires_at: string;
  /** To the minute. */
  last_used_at: string | null;
  revoked_at: string | null;
}

/** Answer to making one: the only time the token is seen. */
export interface NewApiToken {
  api_token: ApiToken;
  token: string;
}

/** One line of the audit log. */
export interface StaffAction {
  id: number;
  at: string;
  actor: string;
  actor_id: string;
  /** Such as `staff.invite`. */
  action: string;
  /** What it was done to: an id such as `wr_12`, or a person's e-mail. */
  subject: string;
  details: Record<string, unknown>;
  request_id: string | null;
}

export interface StaffActionPage {
  actions: StaffAction[];
  next_cursor: string | null;
}

/** Who and what the log can be filtered by: all there ever was. */
export interface ActionChoices {
  actors: string[];
  actions: string[];
}
