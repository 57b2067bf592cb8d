/** What an API token may be allowed, in the order people read it. lib/auth/permissions.ts says what each means. */
export const SCOPE_NAMES = [
  "events:read",
  "events:resolve",
  "events:publish",
  "replays:write",
  "replays:bulk",
  "destinations:operate",
  "manage",
] as const;

export type Scope = (typeof SCOPE_NAMES)[number];
