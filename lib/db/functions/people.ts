/** Answers of SQL about people and their commands, where they differ from the API's (lib/contract). */
import type { Replay } from "@/lib/contract/replays";
import type { ApiToken, StaffMember } from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import type { Organisations } from "@/lib/scope";
import type { BodyForgotten } from "./retention";

/** The answer of `find_staff` and `use_session`. */
export interface Staff {
  id: string;
  email: string;
  name: string;
  role: StaffRole;
  organisations: Organisations;
  disabled: boolean;
  session_version: number;
}

export type OwnedApiToken = ApiToken & { owner_id: string | null };

/** A guess that may be evaluated, or how many seconds to wait before the next one. */
export type Booking =
  | { guess: number; wait?: undefined }
  /** `of_address`: this address has to wait, for any account. */
  | { wait: number; of_address?: boolean };

/** The person whom a link lets in. */
export interface OpenInvitation {
  email: string;
  name: string;
  role: StaffRole;
  /** False for a person who has a password and lost it. */
  is_new: boolean;
  expires_at: string;
}

/** Why a person was not changed. */
export type StaffRefusal =
  | "known"
  | "not_found"
  | "own_account"
  | "beyond_rights"
  | "last_admin"
  | "no_heir"
  | "has_tokens"
  | "disabled";

export interface StaffChanged {
  result: "invited" | "linked" | "changed" | "beyond_scope" | StaffRefusal;
  staff?: StaffMember;
  expires_at?: string;
  /** How many active tokens the person has, when they are the reason. */
  tokens?: number;
}

/** One entry of `destinations.secrets`. */
export interface StoredSecret {
  ciphertext: string;
  hint: string;
  created_at: string;
  /** Null for the newest. */
  expires_at: string | null;
}

/** The fields of a destination that its secrets are bound to and made of: `slug` never changes. */
export interface SecretHolder {
  slug: string;
  secrets: readonly Pick<StoredSecret, "ciphertext" | "expires_at">[];
  headers: Readonly<Record<string, string>>;
}

export interface SealedDestination extends SecretHolder {
  id: number;
  kind: "tables" | "http";
  managed: boolean;
  url: string | null;
  timeout_ms: number;
  organisation_id: string | null;
}

export type DestinationRefusal = "not_found" | "not_managed" | "not_possible" | "masked_url" | "changed_meanwhile";

export type DestinationChanged =
  | { result: "done"; destination: { id: string; slug: string }; new_secret?: boolean }
  | { result: DestinationRefusal | "beyond_scope" };

export type DestinationTried =
  | { result: "done" }
  | {
      result: "not_found" | "not_possible" | "disabled" | "paused" | "throttled" | "closed" | "trying";
      until: string | null;
    };

export type SampleMade =
  | { result: "done"; event_id: string; delivery_id: number }
  | { result: "not_found" | "not_possible" };

export interface TooManySelected {
  result: "too_many";
  matched: number;
  limit: number;
}

export type OverReplayLimit =
  | { result: "hourly_limit"; organisation: string; asked: number; used: number; limit: number }
  | { result: "concurrent_limit"; organisation: string; used: number; limit: number };

export type ReplayDrafted =
  | { result: "created"; repeated: boolean; replay: Replay }
  | { result: "not_found" | "no_destination" | "in_flight" }
  | { result: "too_old"; days: number }
  | ({ result: "body_forgotten" } & BodyForgotten)
  | { result: "key_reused"; replay: Replay | null }
  | TooManySelected;

export type ReplayStarted =
  | { result: "started" | "not_a_draft"; replay: Replay }
  | { result: "not_found" }
  | OverReplayLimit;

export type ReplaySteered = { result: "done" | "not_possible"; replay: Replay } | { result: "not_found" };
