import type { ParseStatus, ReplayStatus, TrustLevel } from "@/lib/contract/vocabulary";

/** How far the sender of an event may be believed. A shared token is never called verified. */
export const TRUST_LABELS: Record<TrustLevel, string> = {
  signed: "Signature verified",
  token: "Authenticated by a shared token, not signed",
  unsigned: "Not signed. This source allows unsigned requests",
  provider_api: "Read from the provider's API with our own key, not received",
};

export const PARSE_LABELS: Record<ParseStatus, string> = {
  ok: "Valid JSON",
  empty: "The body is empty.",
  not_json: "The body is not JSON. It is kept and delivered as received.",
  invalid_json: "The body claims to be JSON and is not. It is kept and delivered as received.",
  invalid_utf8: "The body is not valid UTF-8. It is kept and delivered as received.",
  too_large: "The body is too large to be searched. It is kept and delivered as received.",
  too_deep: "The body is nested too deeply to be searched. It is kept and delivered as received.",
  nul_character: "The body holds NUL characters, so it cannot be searched. It is kept and delivered as received.",
  lone_surrogate: "The body holds broken Unicode, so it cannot be searched. It is kept and delivered as received.",
  giant_number: "The body holds a number too big for the database, so it cannot be searched. It is kept as received.",
};

export const REPLAY_LABELS: Record<ReplayStatus, string> = {
  draft: "not started",
  queued: "queued",
  running: "running",
  paused: "paused",
  completed: "finished",
  stopped: "stopped",
  cancelled: "cancelled",
};
