/** Who gives a command: every command takes one as its last argument, and an `ApiContext` is one. */
import type { Actor } from "@/lib/auth/permissions";

export interface ActorContext {
  actor: Actor;
  /** The id of the request; it is in the log and in the audit log. */
  requestId: string;
}

/** For commands whose answer contains a URL of ours: its origin for this caller, such as `https://desk.example`. */
export interface ActorAtOrigin extends ActorContext {
  origin: string;
}

/** The arguments of every SQL function that records who did something. */
export function byArguments({ actor, requestId }: ActorContext) {
  return { p_actor: actor.name, p_actor_id: actor.id, p_request_id: requestId };
}
