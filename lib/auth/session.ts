/** The session cookie of the console, and the person behind it as they are in the database right now. */
import { decode } from "next-auth/jwt";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import type { Organisations } from "@/lib/scope";
import type { Actor } from "./permissions";

/** Twelve hours: a working day. */
export const SESSION_SECONDS = 12 * 60 * 60;

/** What `find_staff` and `get_staff` answer. */
export interface Staff {
  id: string;
  email: string;
  name: string;
  role: StaffRole;
  organisations: Organisations;
  disabled: boolean;
  session_version: number;
}

/** An actor with a role of its own: somebody on the staff. */
export type Person = Actor & { role: StaffRole };

/** True when people reach the console over HTTPS: then cookies are for HTTPS only. */
export function isHttps(): boolean {
  return (process.env.NEXTAUTH_URL ?? process.env.PUBLIC_URL ?? "").startsWith("https:");
}

/** `__Host-` binds the cookie to exactly this host, which browsers allow over HTTPS only. */
export function sessionCookieName(): string {
  return isHttps() ? "__Host-redrive.session" : "redrive.session";
}

/**
 * The actor of a session cookie, undefined when it is no valid session any more. The person is read each time, so that
 * a change of role, a disabling or a raised session_version acts at once.
 */
export async function actorOfSession(cookie: string | undefined): Promise<Person | undefined> {
  const { NEXTAUTH_SECRET } = environment();
  if (!cookie || !NEXTAUTH_SECRET) return undefined;
  const token = await decode({ token: cookie, secret: NEXTAUTH_SECRET }).catch(() => null);
  if (!token?.sub) return undefined;
  const staff = await call<Staff | null>("console", "get_staff", { p_id: token.sub });
  if (!staff || staff.disabled || staff.session_version !== token.version) return undefined;
  return { kind: "staff", id: staff.id, name: staff.name, role: staff.role, organisations: staff.organisations };
}
