/** The console's client of the people and tokens API. Each function is one request, and throws `ApiError`. */
import type { Scope } from "@/lib/contract/scopes";
import type {
  ApiToken,
  NewApiToken,
  SignInLimit,
  StaffChange,
  StaffMember,
  StaffSession,
  StaffWithInvitation,
} from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { postJson, requestJson } from "./request";

export async function fetchStaff(signal?: AbortSignal): Promise<StaffMember[]> {
  return (await requestJson<{ staff: StaffMember[] }>("/api/staff", { signal })).staff;
}

export function inviteStaff(order: {
  email: string;
  role: StaffRole;
  organisations: string[] | null;
}): Promise<StaffWithInvitation> {
  return postJson("/api/staff", order);
}

/** A new link; earlier links stop working. */
export function linkStaff(id: string): Promise<StaffWithInvitation> {
  return requestJson(`/api/staff/${id}/invitation`, { method: "POST" });
}

export function changeStaff(id: string, change: StaffChange): Promise<StaffMember> {
  return requestJson(`/api/staff/${id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  });
}

/** Signs a person out everywhere. Returns the number of ended sessions. */
export async function endSessionsOf(id: string): Promise<number> {
  return (await requestJson<{ ended: number }>(`/api/staff/${id}/sessions`, { method: "DELETE" })).ended;
}

export async function fetchSessions(signal?: AbortSignal): Promise<StaffSession[]> {
  return (await requestJson<{ sessions: StaffSession[] }>("/api/sessions", { signal })).sessions;
}

export function endSession(id: string): Promise<void> {
  return requestJson(`/api/sessions/${id}`, { method: "DELETE" });
}

/** Ends the caller's own sessions, including this one. */
export function endSessions(): Promise<{ ended: number }> {
  return requestJson("/api/sessions", { method: "DELETE" });
}

export async function fetchSignInLimits(signal?: AbortSignal): Promise<SignInLimit[]> {
  return (await requestJson<{ limits: SignInLimit[] }>("/api/sign-in-limits", { signal })).limits;
}

export function liftSignInLimit({ kind, subject }: Pick<SignInLimit, "kind" | "subject">): Promise<void> {
  return requestJson(`/api/sign-in-limits?${new URLSearchParams({ kind, subject })}`, { method: "DELETE" });
}

export async function fetchTokens(signal?: AbortSignal): Promise<ApiToken[]> {
  return (await requestJson<{ tokens: ApiToken[] }>("/api/tokens", { signal })).tokens;
}

export function createToken(order: {
  name: string;
  scopes: Scope[];
  expires_in_days: number;
  organisations: string[] | null;
}): Promise<NewApiToken> {
  return postJson("/api/tokens", order);
}

export function revokeToken(id: string): Promise<ApiToken> {
  return requestJson(`/api/tokens/${id}`, { method: "DELETE" });
}

/** Uses up a one-time link. Returns the e-mail to sign in with. */
export function acceptInvitation(order: { token: string; name: string; password: string }): Promise<{ email: string }> {
  return postJson("/api/invitations/accept", order);
}
