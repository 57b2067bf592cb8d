/** API tokens that administrators make in the console: kept as a hash, looked up on each request. */
import type { Scope } from "@/lib/contract/scopes";
import type { ApiToken, ApiTokenStatus } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { type Actor, mayActor, SCOPES } from "./permissions";
import { hashSecret } from "./secrets";

/** The prefix of these tokens. */
export const API_TOKEN_PREFIX = "rd_";

/** The actor a token acts for, or why it is not valid, in a sentence for its bearer. */
export type TokenReading = { actor: Actor } | { problem: string };

const ENDED: Record<Exclude<ApiTokenStatus, "active">, string> = {
  expired: "The token has expired: make a new one.",
  revoked: "The token was revoked.",
  owner_disabled: "The person who made the token is disabled.",
};

/** True for tokens of this kind, valid or not. */
export function isApiToken(token: string): boolean {
  return token.startsWith(API_TOKEN_PREFIX);
}

/**
 * Reads the token from the database on each request, so revoking it, or disabling its maker, takes effect on the next
 * request.
 */
export async function readApiToken(token: string): Promise<TokenReading> {
  const stored = await findApiToken(token, "console");
  if ("problem" in stored) return stored;
  const { id, name, organisations, owner_id, owner_role } = stored;
  const scopes = stored.scopes.filter((scope) => isWithin(scope, owner_role));
  const actor: Actor = { kind: "token", id, name, role: null, scopes, organisations, tokenId: id };
  return { actor: { ...actor, ...(owner_id && { ownerId: owner_id }) } };
}

/** The row of a secret, or of the id of a signed token; or why it is not valid. */
export async function findApiToken(
  secret: string,
  kind: ApiToken["kind"],
): Promise<(ApiToken & { owner_id: string | null }) | { problem: string }> {
  const stored = await call("console", "use_api_token", {
    p_token_hash: hashSecret(secret),
  });
  if (!stored || stored.kind !== kind) return { problem: "The token is not valid." };
  return stored.status === "active" ? stored : { problem: ENDED[stored.status] };
}

/** A token may do nothing that its maker may not do any more. Unknown scopes allow nothing. */
function isWithin(scope: Scope, ownerRole: ApiToken["owner_role"]): boolean {
  if (!Object.hasOwn(SCOPES, scope)) return false;
  return ownerRole === null || SCOPES[scope].every((permission) => mayActor({ role: ownerRole }, permission));
}
