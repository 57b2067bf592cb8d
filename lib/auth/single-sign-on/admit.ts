/** Whether a person whom the identity provider vouches for may sign in, and what is logged about it. */
import { log, logError } from "@/lib/log";
import { recordRefusedSignIn } from "../guesses";
import { type Exchange, findStaff } from "../password-sign-in";
import { startSession } from "../sessions";
import { SignInRefused } from "./refused";

/**
 * The person with this verified address. The rule: a user has invited them, or they have joined the staff since, and they
 * are not disabled. The link of the invitation may have expired. Throws `SignInRefused`.
 */
export async function admit(email: string) {
  const staff = await findStaff(email);
  if (!staff) throw new SignInRefused("not_invited", "This address is not invited.", email);
  if (staff.disabled) throw new SignInRefused("disabled", "The account is disabled.", email);
  return staff;
}

/** Begins the session of an admitted person. Throws `SignInRefused` when the account has changed since. */
export async function enter(staff: Awaited<ReturnType<typeof admit>>, { device, requestId }: Exchange) {
  const session = await startSession(
    { id: staff.id, version: staff.session_version },
    device,
    requestId,
    "single sign-on",
  );
  if (!session) throw new SignInRefused("account_changed", "The account was changed meanwhile.", staff.email);
  log("sign_in", {
    request_id: requestId,
    decision: "signed_in",
    method: "oidc",
    staff_id: staff.id,
    ip: device.address,
  });
  return session;
}

/** Writes to the log and, up to a limit, to the audit log. Never throws, so that the refusal is always answered. */
export async function writeDown(
  { reason, message, email }: SignInRefused,
  { device, requestId }: Exchange,
): Promise<void> {
  const fields = { request_id: requestId, decision: "refused", method: "oidc", reason, ip: device.address };
  log("sign_in", { ...fields, detail: message });
  await recordRefusedSignIn(email ?? "", device.address, reason, requestId).catch((error) =>
    logError("audit_failed", error, { request_id: requestId }),
  );
}
