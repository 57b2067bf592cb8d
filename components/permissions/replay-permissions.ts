/** Who may replay what, for explanations on pages. lib/auth/permissions.ts and the API decide. */
export interface ReplayPermissions {
  /** One event, or a few selected ones. */
  mayReplay: boolean;
  /** All that match a filter, and more than a few selected ones. */
  mayReplayMany: boolean;
  /** The limit of selected events: REPLAY_MAX_CHOSEN of the server. */
  mostChosen: number;
}

export const VIEWER = "Viewers cannot replay events. Ask an administrator for the Support role.";

export const MAY_NOT_RESOLVE = "Viewers cannot make changes. Ask an administrator for the Support role.";

/** Why this person cannot replay these; null when they can. `matching` means all that a filter matches. */
export function forbiddenTo(permissions: ReplayPermissions, size: number | "matching"): string | null {
  const { mayReplay, mayReplayMany, mostChosen } = permissions;
  if (!mayReplay) return VIEWER;
  if (mayReplayMany) return null;
  if (size === "matching") return "Your role can replay selected events only. Ask an administrator to replay all.";
  return size > mostChosen ? `Your role can replay up to ${mostChosen} events at a time. Choose fewer.` : null;
}
