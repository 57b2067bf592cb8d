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
  /** Pause, resume and test destinations, and send samples to them. */
  operate: "support",
  /** Replay by selection or all at once. */
  replay_many: "admin",
  /** Change destinations, sources, people. */
  manage: "admin",
  /** Publish events. */
  publish: "admin",
} as const satisfies Record<string, StaffRole>;

export type Permission = keyof typeof PERMISSIONS;

/** What a token may be narrowed to: it may do that one thing, whatever its role, and nothing else. */
export const SCOPES = { "events:publish": "publish" } as const satisfies Record<string, Permission>;

export type Scope = keyof typeof SCOPES;

/** Who asks: a person in the console, or the bearer of an API token. */
export interface Actor {
  kind: "staff" | "token";
  id: string;
  name: string;
  role: StaffRole;
  /** Only on tokens that were made for one thing. */
  scope?: Scope;
}

export function mayActor(actor: Pick<Actor, "role" | "scope">, permission: Permission): boolean {
  if (actor.scope !== undefined) return SCOPES[actor.scope] === permission;
  return ROLES.indexOf(actor.role) >= ROLES.indexOf(PERMISSIONS[permission]);
}
