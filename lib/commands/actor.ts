/** Who gives a command: every verb takes one as its last argument, and an `ApiContext` is one. */
import type { Actor } from "@/lib/auth/permissions";

export interface ActorContext {
  actor: Actor;
  /** Of the request it came by; it is in the log and in the audit log. */
  requestId: string;
}

/** For verbs whose answer holds an address of ours: how it begins for who asks, such as `https://desk.example`. */
export interface ActorAtOrigin extends ActorContext {
  origin: string;
}

/** The arguments of every SQL function that writes down who did something. */
export function byArguments({ actor, requestId }: ActorContext) {
  return { p_actor: actor.name, p_actor_id: actor.id, p_request_id: requestId };
}
