/** Whether whom the provider vouches for may enter, and what is written down about it. */
import { log, logError } from "@/lib/log";
import { recordRefusedSignIn } from "../guesses";
import { type Exchange, findStaff } from "../password-sign-in";
import { startSession } from "../sessions";
import { SignInRefused } from "./refused";

/**
 * The person with this verified address. The rule: somebody has invited them, or they are on the staff since, and they are
 * not disabled. The link of the invitation need not be open any more. Throws `SignInRefused`.
 */
export async function admit(email: string) {
  const staff = await findStaff(email);
  if (!staff) throw new SignInRefused("not_invited", "This address is not invited.", email);
  if (staff.disabled) throw new SignInRefused("disabled", "The account is disabled.", email);
  return staff;
}

/** Begins the session of somebody who was admitted. Throws `SignInRefused` when the account changed since. */
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

/** Into the log, and with a bound into the audit log. Never keeps the refusal from being answered. */
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
