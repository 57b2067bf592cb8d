/** Who may do what, as data: handlers and pages ask for a permission, never for a role. */
import type { StaffRole } from "@/lib/contract/vocabulary";

/** Each role may do all that the roles before it may. */
const ROLES: readonly StaffRole[] = ["viewer", "support", "admin"];

/** The least role for each permission. */
export const PERMISSIONS = {
  /** See events, payloads, deliveries and statistics. */
  view: "viewer",
  /** Replay one event. */
  replay: "support",
  /** Mark an event as handled. */
  resolve: "support",
  /** Replay by selection or all at once. */
  replay_many: "admin",
  /** Change destinations, sources, people. */
  manage: "admin",
} as const satisfies Record<string, StaffRole>;

export type Permission = keyof typeof PERMISSIONS;

/** Who asks: a person in the console, or the bearer of an API token. */
export interface Actor {
  kind: "staff" | "token";
  id: string;
  name: string;
  role: StaffRole;
}

export function mayActor(actor: Pick<Actor, "role">, permission: Permission): boolean {
  return ROLES.indexOf(actor.role) >= ROLES.indexOf(PERMISSIONS[permission]);
}
