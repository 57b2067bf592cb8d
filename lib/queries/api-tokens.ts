import type { ApiToken } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** Those that work, and those that ended in the last 30 days, of what the asker may. */
export function listApiTokens(asker: Scoped): Promise<ApiToken[]> {
  return call("console", "list_api_tokens", scopeOf(asker));
}
