/** Permissions as data: handlers and pages ask for a permission, never for a role. */
import { SCOPE_NAMES, type Scope } from "@/lib/contract/scopes";
import type { StaffRole } from "@/lib/contract/vocabulary";
import type { Organisations } from "@/lib/scope";

/** Each role may do all that the roles before it may. */
const ROLES: readonly StaffRole[] = ["viewer", "support", "admin"];

/** The least role for each permission. */
export const PERMISSIONS = {
  /** See events, payloads, deliveries and statistics. */
  view: "viewer",
  /** Read metrics and the state of all parts, as monitoring does: less than view, which includes statistics. */
  metrics: "viewer",
  /** Replay one event. */
  replay: "support",
  /** Mark an event as handled. */
  resolve: "support",
  /** Pause, resume and test destinations, and send samples to them. */
  operate: "support",
  /** Ask providers what should be here, without repairing anything. */
  reconcile: "support",
  /** Open incidents, note in them, preview and verify their recovery, and ask an administrator for the rest. */
  incident: "support",
  /** Acknowledge, assign and silence alerts. */
  alert: "support",
  /** Replay by selection or all at once. */
  replay_many: "admin",
  /** Change destinations, sources, people. */
  manage: "admin",
  /** Publish events. */
  publish: "admin",
} as const satisfies Record<string, StaffRole>;

export type Permission = keyof typeof PERMISSIONS;

/** What each scope of an API token allows. None brings another with it. */
export const SCOPES: Record<Scope, readonly Permission[]> = {
  "events:read": ["view", "metrics"],
  "events:resolve": ["resolve"],
  "events:publish": ["publish"],
  "replays:write": ["replay"],
  "replays:bulk": ["replay", "replay_many"],
  "destinations:operate": ["operate"],
  "reconciliation:write": ["reconcile"],
  "incidents:write": ["incident"],
  "alerts:write": ["alert"],
  "metrics:read": ["metrics"],
  manage: ["manage"],
};

/** The caller: a person in the console, or the bearer of an API token. */
export interface Actor {
  kind: "staff" | "token";
  id: string;
  name: string;
  /** Null for a token that may do only what its scopes allow. */
  role: StaffRole | null;
  scopes?: readonly Scope[];
  /** The organisations whose events it may see and act on; null is all. Read again on every request. */
  organisations: Organisations;
  /** The person whose rights limit a token, if a person made it. */
  ownerId?: string;
  /** The id of a token, `tk_12`: whatever the token creates ends with it. */
  tokenId?: string;
  /** The session of a person, `se_12`. */
  sessionId?: string;
}

type Rights = Pick<Actor, "role" | "scopes">;

/** The account an actor acts for: the person, or the maker of the token. Undefined for a token of the command line. */
export function accountOf(actor: Actor): string | undefined {
  return actor.kind === "staff" ? actor.id : actor.ownerId;
}

/** The least role that has all of a scope's permissions. */
export function leastRoleOf(scope: Scope): StaffRole | undefined {
  return ROLES.find((role) => SCOPES[scope].every((permission) => mayRole(role, permission)));
}

export function mayActor({ role, scopes = [] }: Rights, permission: Permission): boolean {
  return mayRole(role, permission) || scopes.some((scope) => allows(scope, permission));
}

/** The roles whose every permission this actor has. No one may give more than they have, or act on a person who has more. */
export function rolesWithin(actor: Rights): StaffRole[] {
  return ROLES.filter((role) => ALL.every((permission) => !mayRole(role, permission) || mayActor(actor, permission)));
}

/** The scopes whose every permission this actor has. */
export function scopesWithin(actor: Rights): Scope[] {
  return SCOPE_NAMES.filter((scope) => SCOPES[scope].every((permission) => mayActor(actor, permission)));
}

/** What an actor lacks, as a sentence for them. */
export function lackOf({ role }: Rights, permission: Permission): string {
  if (role) return `The role ${role} is not enough.`;
  const scopes = SCOPE_NAMES.filter((scope) => allows(scope, permission));
  return `The token lacks the scope ${scopes.join(" or ")}.`;
}

const ALL = Object.keys(PERMISSIONS) as Permission[];

function mayRole(role: StaffRole | null, permission: Permission): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(PERMISSIONS[permission]);
}

function allows(scope: Scope, permission: Permission): boolean {
  return SCOPES[scope].includes(permission);
}
