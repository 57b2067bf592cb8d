/** Sessions of the console: begun with a new id at each sign-in, ended by signing out. The rows are in supabase/schemas/540_sessions.sql. */
import { call } from "@/lib/db/client";
import { hashSecret, makeSecret } from "./secrets";
import { SESSION_SECONDS } from "./session";

/** From where somebody signs in. */
export interface Device {
  address: string;
  userAgent: string;
  /** The session that the browser had before, which the new one replaces. */
  previous: string | undefined;
}

/** Begins a session: its id, for the cookie. Undefined when what was proved does not count any more. */
export async function startSession(
  staff: { id: string; version: number },
  device: Device,
  requestId: string,
  /** Said in the audit log, where it is not a password. */
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

/** Ends the session of a cookie; nothing when it has ended. */
export async function signOut(id: string, requestId: string): Promise<void> {
  await call("console", "sign_out", { p_id_hash: hashSecret(id), p_request_id: requestId });
}
