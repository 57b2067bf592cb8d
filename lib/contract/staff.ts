/** The types of people, their links and API tokens, without the schemas. */
import type { ApiToken } from "./api/api-tokens";
import type { StaffMember } from "./api/staff";

export type { ApiToken, NewApiToken } from "./api/api-tokens";
export type { StaffAction, StaffActionPage } from "./api/audit";
export type { Invitation, SignInLimit, StaffChange, StaffMember, StaffSession, StaffWithInvitation } from "./api/staff";

/** Characters. */
export const SHORTEST_PASSWORD = 12;

export type StaffStatus = StaffMember["status"];
export type ApiTokenStatus = ApiToken["status"];

/** The choices of the audit log's filter: every actor and action that it has. */
export interface ActionChoices {
  actors: string[];
  actions: string[];
}
