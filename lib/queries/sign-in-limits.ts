import type { SignInLimit } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** Accounts with a delay, and addresses at their limit. */
export function listSignInLimits(asker: Scoped): Promise<SignInLimit[]> {
  return call("console", "list_sign_in_limits", scopeOf(asker));
}
