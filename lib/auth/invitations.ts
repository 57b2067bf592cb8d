/** One-time links and the person each lets in. Guesses at links are counted, as guesses at passwords are. */

import { call } from "@/lib/db/client";
import type { OpenInvitation } from "@/lib/db/functions/people";
import { Refusal } from "@/lib/refusals";
import { hashSecret } from "./secrets";

/**
 * The person the link lets in, null when the link is not valid. Throws a `Refusal` after too many wrong links from an
 * address. Only requests with `counts` are counted as guesses: those a user sent on purpose. Any site can make a browser
 * open a page.
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
