/** Who may replay what, as the page explains it. lib/auth/permissions.ts and the API decide. */
export interface ReplayRights {
  /** One event, or a few that were chosen. */
  mayReplay: boolean;
  /** All that match a filter, and more than a few. */
  mayReplayMany: boolean;
}

/** The same number as REPLAY_MAX_CHOSEN without configuration. */
export const MOST_CHOSEN = 100;

const VIEWER = "Your role may look, not replay. Ask somebody in support or an administrator.";

export const MAY_NOT_RESOLVE = "Your role may look, not change. Ask somebody in support or an administrator.";

/** Why these cannot be replayed by this person; null when they can. `matching` means all that a filter matches. */
export function forbiddenTo({ mayReplay, mayReplayMany }: ReplayRights, size: number | "matching"): string | null {
  if (!mayReplay) return VIEWER;
  if (mayReplayMany) return null;
  if (size === "matching")
    return "Your role may replay events that were chosen one by one. Ask an administrator for all.";
  return size > MOST_CHOSEN ? `Your role may replay up to ${MOST_CHOSEN} events at a time. Choose fewer.` : null;
}
