/** The session cookie of the console, and the current database row of its person. */
import { decode } from "next-auth/jwt";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import type { Actor } from "./permissions";
import { hashSecret } from "./secrets";

/** Twelve hours: a working day. */
export const SESSION_SECONDS = 12 * 60 * 60;

/** An actor with a role of its own: a member of the staff with an open session. */
export type Person = Actor & { role: StaffRole; sessionId: string };

/** True when people reach the console over HTTPS: cookies are then for HTTPS only. */
export function isHttps(): boolean {
  return (process.env.NEXTAUTH_URL ?? process.env.PUBLIC_URL ?? "").startsWith("https:");
}

/** `__Host-` binds the cookie to exactly this host. Browsers allow it over HTTPS only. */
export function sessionCookieName(): string {
  return isHttps() ? "__Host-redrive.session" : "redrive.session";
}

/**
 * The actor of a session cookie, undefined when the session is not open any more. Session and person are read in one call on
 * each request, so that signing out, a change of role and disabling an account take effect at once.
 */
export async function actorOfSession(cookie: string | undefined): Promise<Person | undefined> {
  const session = await sessionIdOf(cookie);
  return session === undefined ? undefined : personOfSession(session);
}

/** The secret session id in a cookie that we signed, whether or not the session is open. */
export async function sessionIdOf(cookie: string | undefined): Promise<string | undefined> {
  const { NEXTAUTH_SECRET } = environment();
  if (!cookie || !NEXTAUTH_SECRET) return undefined;
  const token = await decode({ token: cookie, secret: NEXTAUTH_SECRET }).catch(() => null);
  return typeof token?.session === "string" ? token.session : undefined;
}

/** The person of an open session. */
export async function personOfSession(session: string): Promise<Person | undefined> {
  const staff = await call("console", "use_session", {
    p_id_hash: hashSecret(session),
  });
  if (!staff || staff.disabled) return undefined;
  const { id, name, role, organisations, session_id } = staff;
  return { kind: "staff", id, name, role, organisations, sessionId: session_id };
}
