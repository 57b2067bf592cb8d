/** What the reader of alerts may do, as the pages explain it. lib/auth/permissions.ts and the API decide. */
export interface AlertRights {
  /** Acknowledge, assign, silence. */
  mayHandle: boolean;
  /** Open an incident about one. */
  mayOpenIncident: boolean;
  /** Change rules. */
  mayManage: boolean;
  /** Whom an alert can be assigned to, for those who may see the staff. */
  people: readonly string[];
  /** The reader, as an assignee. */
  email: string | null;
}

export function forbiddenToHandle({ mayHandle }: AlertRights): string | null {
  return mayHandle ? null : "Viewers cannot act on alerts. Ask an administrator for the Support role.";
}

export function forbiddenToOpen({ mayOpenIncident }: AlertRights): string | null {
  return mayOpenIncident ? null : "Viewers cannot open incidents. Ask an administrator for the Support role.";
}

export function forbiddenToManage({ mayManage }: AlertRights): string | null {
  return mayManage ? null : "Only administrators change rules.";
}
