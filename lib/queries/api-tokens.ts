import type { ApiToken } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** Active tokens and those that ended in the last 30 days, as far as the caller may see them. */
export function listApiTokens(asker: Scoped): Promise<ApiToken[]> {
  return call("console", "list_api_tokens", scopeOf(asker));
}
