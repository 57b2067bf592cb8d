import { mayActor } from "@/lib/auth/permissions";
import type { IncidentRequest } from "@/lib/contract/api/incidents";
import { Refusal } from "@/lib/refusals";
import type { ActorContext } from "./actor";

/** What changes many events, or what an incident is about, is an administrator's. Others may ask for it. Throws a `Refusal`. */
export function requireAdministrator(action: IncidentRequest["action"], by: ActorContext): void {
  if (!mayActor(by.actor, "replay_many")) throw new Refusal("incident_needs_administrator", { action });
}
