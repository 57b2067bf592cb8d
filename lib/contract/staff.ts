/** People, their links and API tokens as the API answers them, without the schemas that declare it. */
import type { ApiToken, StaffMember } from "./api/staff";

export type {
  ApiToken,
  Invitation,
  NewApiToken,
  SignInLimit,
  StaffAction,
  StaffActionPage,
  StaffChange,
  StaffMember,
  StaffSession,
  StaffWithInvitation,
} from "./api/staff";

/** Characters. */
export const SHORTEST_PASSWORD = 12;

export type StaffStatus = StaffMember["status"];
export type ApiTokenStatus = ApiToken["status"];

/** Who and what the log can be filtered by: all there ever was. */
export interface ActionChoices {
  actors: string[];
  actions: string[];
}
