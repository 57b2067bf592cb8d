import { findInvitation } from "@/lib/auth/invitations";
import { hashPassword } from "@/lib/auth/password";
import { guessable } from "@/lib/auth/password-strength";
import { hashSecret } from "@/lib/auth/secrets";
import { passwordProblem } from "@/lib/contract/password-policy";
import { call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";

interface Acceptance {
  token: string;
  name: string;
  password: string;
}

/**
 * Sets name and password and uses up the link. Returns the e-mail to sign in with. The link proves who the caller is, so
 * there is no actor. Throws a `Refusal` for a link that is not valid and for a weak password.
 */
export async function acceptInvitation(
  { token, name, password }: Acceptance,
  { address, requestId }: { address: string; requestId: string },
): Promise<string> {
  // Before the password is hashed, which costs much more than this query.
  const open = await findInvitation(token, address, { counts: true });
  const known = open ? [open.email, name] : [];
  const weak = open && (passwordProblem(password, known) ?? (await guessable(password, known)));
  if (weak) throw new Refusal("weak_password", { detail: weak });
  const email =
    open &&
    (await call("console", "accept_invitation", {
      p_token_hash: hashSecret(token),
      p_name: name,
      p_password_hash: await hashPassword(password, address),
      p_request_id: requestId,
    }));
  if (email) return email;
  throw new Refusal("link_closed");
}
