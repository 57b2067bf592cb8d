/** Checks e-mail and password. The attempt is counted first, then evaluated in its turn, then written to the audit log. */
import { call, DatabaseUnavailable } from "@/lib/db/client";
import { log, logError } from "@/lib/log";
import { Refusal } from "@/lib/refusals";
import { bookGuess, forgetGuess, recordRefusedSignIn } from "./guesses";
import { verifyPassword } from "./password";
import type { Device } from "./sessions";
import type { SignInRefused } from "./single-sign-on/refused";

/** A longer password only costs time to hash. */
const LONGEST_PASSWORD = 1024;

/** One request to next-auth: who sends it, and the answers that next-auth cannot express. */
export interface Exchange {
  device: Device;
  requestId: string;
  /** When set, this is the answer. The answer of next-auth would be a redirect with the error's text. */
  refusal?: Refusal;
  /** The same for single sign-on, whose answer is the sign-in page with the reason. */
  refused?: SignInRefused;
}

/** The person, when e-mail and password are right. The attempt is counted before it is evaluated. */
export async function checkPassword(
  credentials: { email?: string; password?: string } | undefined,
  exchange: Exchange,
) {
  const email = credentials?.email?.trim().toLowerCase().slice(0, 320) ?? "";
  const password = credentials?.password?.slice(0, LONGEST_PASSWORD) ?? "";
  const { device, requestId } = exchange;
  const ip = device.address;
  const booking = await bookGuess(email, ip, requestId);
  if (booking.wait !== undefined) {
    log("sign_in", { decision: "too_many_attempts", ip });
    throw new Refusal("too_many_attempts", { seconds: booking.wait });
  }
  const staff = await findStaff(email);
  const right = await verifyPassword(password, staff?.password_hash, ip).catch(async (error) => {
    await forgetGuess(booking.guess, { wasRight: false });
    throw error;
  });
  const success = right && staff !== null && !staff.disabled;
  if (success) await forgetGuess(booking.guess, { wasRight: true });
  else await recordRefusedSignIn(email, ip, right ? "disabled" : "wrong", requestId);
  log("sign_in", { decision: success ? "signed_in" : "refused", staff_id: success ? staff.id : undefined, ip });
  return success ? { id: staff.id, email: staff.email, name: staff.name, version: staff.session_version } : null;
}

/** Sets the answer in the exchange, and stops next-auth. */
export function refuse(exchange: Exchange, error: unknown): never {
  if (!(error instanceof Refusal)) logError("sign_in_failed", error, { request_id: exchange.requestId });
  exchange.refusal =
    error instanceof Refusal
      ? error
      : new Refusal("sign_in_failed", { isUnavailable: error instanceof DatabaseUnavailable });
  throw exchange.refusal;
}

/** The person who signs in with this e-mail. */
export function findStaff(email: string) {
  return call("console", "find_staff", { p_email: email });
}
