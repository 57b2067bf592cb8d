/**
 * Sessions of the console: a sign-in begins one with a new id, signing out ends it. The rows are in
 * supabase/schemas/540_sessions.sql.
 */
import { call } from "@/lib/db/client";
import { hashSecret, makeSecret } from "./secrets";
import { SESSION_SECONDS } from "./session";

/** The device a user signs in from. */
export interface Device {
  address: string;
  userAgent: string;
  /** The browser's earlier session, which the new one replaces. */
  previous: string | undefined;
}

/** Begins a session. Returns its id for the cookie, or undefined when what was proved is not valid any more. */
export async function startSession(
  staff: { id: string; version: number },
  device: Device,
  requestId: string,
  /** Named in the audit log when it is not a password. */
  method?: "single sign-on",
): Promise<string | undefined> {
  const id = makeSecret();
  const started = await call("console", "start_session", {
    p_staff_id: staff.id,
    p_version: staff.version,
    p_id_hash: hashSecret(id),
    p_address: device.address,
    p_user_agent: device.userAgent,
    p_seconds: SESSION_SECONDS,
    p_request_id: requestId,
    ...(method && { p_method: method }),
    ...(device.previous && { p_previous_hash: hashSecret(device.previous) }),
  });
  return started ? id : undefined;
}

/** Ends the session of a cookie. Does nothing when it has already ended. */
export async function signOut(id: string, requestId: string): Promise<void> {
  await call("console", "sign_out", { p_id_hash: hashSecret(id), p_request_id: requestId });
}
