/** What the reader of an incident may do, as its page explains it. lib/auth/permissions.ts and the API decide. */
export interface IncidentRights {
  /** Open, note, take over, preview, verify, ask an administrator. */
  mayHandle: boolean;
  /** Deliver, add events, accept losses, close, decide requests. */
  mayDecide: boolean;
  /** The e-mail address of the reader, to take the incident over. */
  email: string | null;
  /** Name, as the log and requests show it: a requester cannot approve their own. */
  name: string;
  /** Who may own it, for those who may see the staff. */
  people: readonly string[];
}

const VIEWER = "Viewers cannot act on incidents. Ask an administrator for the Support role.";

export function forbiddenToHandle({ mayHandle }: IncidentRights): string | null {
  return mayHandle ? null : VIEWER;
}
