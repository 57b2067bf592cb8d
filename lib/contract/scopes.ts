/** The scopes of an API token, in the order they are shown. lib/auth/permissions.ts defines what each allows. */
export const SCOPE_NAMES = [
  "events:read",
  "events:resolve",
  "events:publish",
  "replays:write",
  "replays:bulk",
  "destinations:operate",
  "reconciliation:write",
  "incidents:write",
  "alerts:write",
  "metrics:read",
  "manage",
] as const;

export type Scope = (typeof SCOPE_NAMES)[number];
