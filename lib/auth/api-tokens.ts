/** API tokens that administrators make in the console: `rd_` and 256 random bits, kept as a hash, looked up on each request. */
import { parseId } from "@/lib/contract/ids";
import type { Scope } from "@/lib/contract/scopes";
import type { ApiToken, ApiTokenStatus, NewApiToken } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { Problem } from "@/lib/errors";
import { beyondScope, type Organisations, type Scoped, scopeOf } from "@/lib/scope";
import { type Actor, accountOf, mayActor, SCOPES, scopesWithin } from "./permissions";
import { hashSecret, makeSecret } from "./secrets";

const PREFIX = "rd_";
const HINT_LENGTH = 4;

/** Who a token stands for, or why nobody, in words for its bearer. */
export type TokenReading = { actor: Actor } | { problem: string };

const ENDED: Record<Exclude<ApiTokenStatus, "active">, string> = {
  expired: "The token has expired: make a new one.",
  revoked: "The token was revoked.",
  owner_disabled: "The person who made the token is disabled.",
};

/** True for tokens of this kind, whether or not they are good. */
export function isApiToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** Reads it in the database each time, so that revoking it, or disabling who made it, acts on the next request. */
export async function readApiToken(token: string): Promise<TokenReading> {
  const stored = await findApiToken(token, "console");
  if ("problem" in stored) return stored;
  const { id, name, organisations, owner_id, owner_role } = stored;
  const scopes = stored.scopes.filter((scope) => isWithin(scope, owner_role));
  const actor: Actor = { kind: "token", id, name, role: null, scopes, organisations, tokenId: id };
  return { actor: { ...actor, ...(owner_id && { ownerId: owner_id }) } };
}

/** The row of a secret, or of the id of a signed token; or why it opens nothing. */
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

/** A token may nothing that whoever made it may not do any more. Scopes we do not know allow nothing. */
function isWithin(scope: Scope, ownerRole: ApiToken["owner_role"]): boolean {
  if (!Object.hasOwn(SCOPES, scope)) return false;
  return ownerRole === null || SCOPES[scope].every((permission) => mayActor({ role: ownerRole }, permission));
}

/** Those that work, and those that ended in the last 30 days, of what the asker may. */
export function listApiTokens(asker: Scoped): Promise<ApiToken[]> {
  return call("console", "list_api_tokens", scopeOf(asker));
}

interface TokenOrder {
  name: string;
  scopes: Scope[];
  expires_in_days: number;
  /** Null, or not given: those of its maker, whatever they are when it is used. */
  organisations?: Organisations;
}

interface Asker {
  actor: Actor;
  requestId: string;
}

/** Makes a token; the answer is the only place where it is ever seen. Throws a `Problem` for scopes beyond the asker's. */
export async function createApiToken(order: TokenOrder, { actor, requestId }: Asker): Promise<NewApiToken> {
  const own = scopesWithin(actor);
  const beyond = order.scopes.filter((scope) => !own.includes(scope));
  if (beyond.length > 0) {
    throw new Problem({
      status: 403,
      title: `You may not give the scope ${beyond.join(", ")}.`,
      detail: "A token can have no right that you do not have yourself.",
      field: "scopes",
    });
  }
  const token = `${PREFIX}${makeSecret()}`;
  const owner = accountOf(actor);
  const parent = actor.tokenId && parseId("token", actor.tokenId);
  // A token without a person behind it has nobody whose scope bounds it later.
  const organisations = order.organisations === undefined ? actor.organisations : order.organisations;
  const made = await call("console", "create_api_token", {
    p_name: order.name,
    p_token_hash: hashSecret(token),
    p_hint: token.slice(-HINT_LENGTH),
    p_scopes: order.scopes,
    p_days: order.expires_in_days,
    p_organisations: organisations,
    ...scopeOf(actor),
    p_actor: actor.name,
    p_actor_id: actor.id,
    p_request_id: requestId,
    ...(owner && { p_owner_id: owner }),
    ...(parent && { p_parent_id: parent }),
  });
  if ("refused" in made) throw beyondScope(actor, "organisations");
  return { api_token: made, token };
}

/** Ends a token at once, `tk_12` or `12`, and those that were made with it. Throws a `Problem` when there is none. */
export async function revokeApiToken(id: string, { actor, requestId }: Asker): Promise<ApiToken> {
  const number = parseId("token", id);
  const revoked = number
    ? await call("console", "revoke_api_token", {
        p_id: number,
        ...scopeOf(actor),
        p_actor: actor.name,
        p_actor_id: actor.id,
        p_request_id: requestId,
      })
    : null;
  if (revoked) return revoked;
  throw new Problem({ status: 404, title: "There is no such token.", detail: "Ids look like tk_12." });
}
