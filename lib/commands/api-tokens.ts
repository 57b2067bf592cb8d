/** API tokens that people make in the console and revoke: `rd_` and 256 random bits. */

import { API_TOKEN_PREFIX } from "@/lib/auth/api-tokens";
import { accountOf, scopesWithin } from "@/lib/auth/permissions";
import { hashSecret, makeSecret } from "@/lib/auth/secrets";
import { parseId } from "@/lib/contract/ids";
import type { Scope } from "@/lib/contract/scopes";
import type { ApiToken, NewApiToken } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";
import { beyondScope, type Organisations, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

const HINT_LENGTH = 4;

interface TokenOrder {
  name: string;
  scopes: Scope[];
  expires_in_days: number;
  /** Null or left out: those of its maker, as they are when the token is used. */
  organisations?: Organisations;
}

/** Makes a token, which is shown only in this answer. Throws a `Refusal` for scopes beyond the caller's own. */
export async function createApiToken(order: TokenOrder, by: ActorContext): Promise<NewApiToken> {
  const { actor } = by;
  const own = scopesWithin(actor);
  const beyond = order.scopes.filter((scope) => !own.includes(scope));
  if (beyond.length > 0) {
    throw new Refusal("scopes_beyond_rights", { scopes: beyond });
  }
  const token = `${API_TOKEN_PREFIX}${makeSecret()}`;
  const owner = accountOf(actor);
  const parent = actor.tokenId && parseId("token", actor.tokenId);
  // A token without a person has no maker whose scope limits it later.
  const organisations = order.organisations === undefined ? actor.organisations : order.organisations;
  const made = await call("console", "create_api_token", {
    p_name: order.name,
    p_token_hash: hashSecret(token),
    p_hint: token.slice(-HINT_LENGTH),
    p_scopes: order.scopes,
    p_days: order.expires_in_days,
    p_organisations: organisations,
    ...scopeOf(actor),
    ...byArguments(by),
    ...(owner && { p_owner_id: owner }),
    ...(parent && { p_parent_id: parent }),
  });
  if ("refused" in made) throw beyondScope(actor, "organisations");
  return { api_token: made, token };
}

/** Ends a token at once, `tk_12` or `12`, with all tokens that were made with it. Throws a `Refusal` when there is none. */
export async function revokeApiToken(id: string, by: ActorContext): Promise<ApiToken> {
  const number = parseId("token", id);
  const revoked = number
    ? await call("console", "revoke_api_token", {
        p_id: number,
        ...scopeOf(by.actor),
        ...byArguments(by),
      })
    : null;
  if (revoked) return revoked;
  throw new Refusal("no_such_token");
}
