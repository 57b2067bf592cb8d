import type { ReplayPermissions } from "../permissions/replay-permissions";

/** What the reader may do, as the pages explain it. The API decides. */
export interface Rights {
  /** Why they may not ask a provider; null when they may. */
  forbiddenToCheck: string | null;
  /** Why they may not change keys and schedules; null when they may. */
  forbiddenToManage: string | null;
  replay: ReplayPermissions;
}
