/** Who may do what with a destination, as the page explains it. lib/auth/permissions.ts and the API decide. */
import type { Destination } from "@/lib/contract/destinations";

export interface DestinationPermissions {
  /** Pause, resume, test, send a sample. */
  mayOperate: boolean;
  /** Create, change, rotate, disable, delete. */
  mayManage: boolean;
}

const VIEWER = "Viewers cannot make changes. Ask an administrator for the Support role.";
const NOT_ADMIN = "Only an administrator may change destinations.";
const CONFIGURED = "It comes from the server's configuration. Change it there and restart.";

export function forbiddenToOperate({ mayOperate }: DestinationPermissions): string | null {
  return mayOperate ? null : VIEWER;
}

export function forbiddenToManage({ mayManage }: DestinationPermissions): string | null {
  return mayManage ? null : NOT_ADMIN;
}

/** Why its settings cannot be changed here by this person; null when they can. */
export function forbiddenToChange(rights: DestinationPermissions, { managed }: Destination): string | null {
  return forbiddenToManage(rights) ?? (managed ? null : CONFIGURED);
}
