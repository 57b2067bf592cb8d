/** Sessions of the console: begun with a new id at each sign-in, listed, ended. The rows are in supabase/schemas/540_sessions.sql. */
import { parseFullId } from "@/lib/contract/ids";
import type { StaffSession } from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import { Problem } from "@/lib/errors";
import { scopeOf } from "@/lib/scope";
import { type Actor, accountOf, rolesWithin } from "./permissions";
import { hashSecret, makeSecret } from "./secrets";
import { SESSION_SECONDS } from "./session";
import { REFUSALS } from "./staff";

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

interface Asker {
  actor: Actor;
  requestId: string;
}

/** The asker's own open sessions. Throws a `Problem` for tokens, which have none. */
export async function listOwnSessions({ actor }: Pick<Asker, "actor">): Promise<StaffSession[]> {
  const sessions = await call("console", "list_sessions", {
    p_staff_id: personOf(actor),
  });
  return sessions.map((session) => ({ ...session, is_current: session.id === actor.sessionId }));
}

/** Ends one of the asker's own sessions, `se_12`. Throws a `Problem` when it is not theirs or has ended. */
export async function endOwnSession(id: string, { actor, requestId }: Asker): Promise<void> {
  const person = personOf(actor);
  const number = parseFullId("session", id);
  const ended =
    number !== undefined &&
    (await call("console", "end_session", {
      p_staff_id: person,
      p_id: number,
      p_request_id: requestId,
    }));
  if (!ended) throw new Problem({ status: 404, title: "You have no such session.", detail: "It may have ended." });
}

/** Signs the asker out everywhere, here too. Answers how many sessions that ended. */
export function endOwnSessions(asker: Asker): Promise<number> {
  return endAll(personOf(asker.actor), asker);
}

/** Signs somebody else out everywhere. Throws a `Problem` for one's own account, and for who may more. */
export function endSessionsOf(staffId: string, asker: Asker): Promise<number> {
  return endAll(staffId, asker, rolesWithin(asker.actor));
}

async function endAll(staffId: string, { actor, requestId }: Asker, within?: StaffRole[]): Promise<number> {
  const own = accountOf(actor);
  const answer = await call("console", "end_all_sessions", {
    p_staff_id: staffId,
    ...scopeOf(actor),
    p_actor: actor.name,
    p_actor_id: actor.id,
    p_request_id: requestId,
    ...(within && { p_within: within }),
    ...(own && { p_own_id: own }),
  });
  if (answer.result !== "ended") throw new Problem(REFUSALS[answer.result]);
  return answer.ended ?? 0;
}

function personOf(actor: Actor): string {
  if (actor.kind === "staff") return actor.id;
  throw new Problem({
    status: 403,
    title: "An API token has no sessions.",
    detail: "Sign in to the console to see and end your own.",
  });
}
