/** One-time links: whom they let in. How often somebody may guess at one is counted, as passwords are. */

import { call } from "@/lib/db/client";
import type { OpenInvitation } from "@/lib/db/functions/people";
import { Refusal } from "@/lib/refusals";
import { hashSecret } from "./secrets";

/**
 * Whom the link lets in, null when it opens nothing. Throws a `Refusal` after too many wrong ones from an address. Only
 * `counts` what somebody sent on purpose: any site can make a browser open a page.
 */
export async function findInvitation(
  secret: string,
  address: string,
  { counts }: { counts: boolean },
): Promise<OpenInvitation | null> {
  const answer = await call("console", "open_invitation", {
    p_token_hash: hashSecret(secret),
    p_address: address,
    p_counts: counts,
  });
  if (answer.wait) throw new Refusal("too_many_attempts", { seconds: answer.wait });
  return answer.invitation;
}
