/** People and API tokens as the console asks for them. Each function is one request, and throws `ApiError`. */
import type { Scope } from "@/lib/contract/scopes";
import type { ApiToken, NewApiToken, StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
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

/** A new link; those from before stop working. */
export function linkStaff(id: string): Promise<StaffWithInvitation> {
  return requestJson(`/api/staff/${id}/invitation`, { method: "POST" });
}

export function changeStaff(
  id: string,
  change: { role?: StaffRole; disabled?: boolean; organisations?: string[] | null },
): Promise<StaffMember> {
  return requestJson(`/api/staff/${id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  });
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

/** Uses a one-time link up. Answers the e-mail to sign in with. */
export function acceptInvitation(order: { token: string; name: string; password: string }): Promise<{ email: string }> {
  return postJson("/api/invitations/accept", order);
}
