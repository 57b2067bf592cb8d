/** claim: leases due deliveries. The attempt is open, and counted, before a byte leaves. */
import type { ErrorClass } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import type { HeaderPairs } from "@/lib/providers/provider";
import type { StoredEvent } from "./projectable";

/** One leased delivery, with everything that is needed to deliver it. */
export interface Work {
  delivery_id: number;
  fence: number;
  attempt_id: number;
  attempt_number: number;
  /** Which try since it was last made pending: 1 is the first. */
  try: number;
  replay_id: number | null;
  event: StoredEvent & { headers: HeaderPairs; content_type: string | null };
  destination: {
    id: number;
    slug: string;
    kind: "tables" | "http";
    url: string | null;
    /** As stored: encrypted, see lib/destinations/secrets.ts. */
    headers: Record<string, string>;
    /** As stored, newest first; those past their end sign no more. */
    secrets: { ciphertext: string; created_at: string; expires_at: string | null }[];
    timeout_ms: number;
    max_attempts: number;
    base_delay_ms: number;
    backoff_factor: number;
  };
  /** Which slots it takes, see lib/pipeline/slots.ts. Without `shares` in the claim: proven. */
  pace: "proven" | "unproven" | "slow";
}

/** How a delivery ended: a value, never an exception. */
export type Outcome = {
  duration_ms: number;
  http_status?: number;
  response_headers?: [string, string][];
  response_body?: Buffer;
  response_truncated?: boolean;
} & (
  | { delivered: true; changes: unknown[] }
  | {
      delivered: false;
      error_class: ErrorClass;
      error: string /** Null: trying again is pointless. */;
      retry_in_ms: number | null;
    }
);

export interface Claim {
  work: Work[];
  /** Milliseconds until the next delivery may go; null when nothing waits, or when what waits needs another one to end. */
  next_due_ms: number | null;
  /** Destinations with due work that this claim left: the end of a delivery to one of them may make room. */
  waiting: number[];
}

export interface ClaimOptions {
  /** Default: as many as `limit`. */
  replayLimit?: number;
  /** How many it works on at a time: no destination gets more than half of them. */
  slots?: number;
  /** Only rows, or only endpoints. */
  kind?: Work["destination"]["kind"];
  /** What it may take beside `limit`, which is for proven endpoints then. */
  shares?: { unproven: number; slow: number; slow_slots: number; late: number[] };
  /** The bytes of bodies above 64 KB at which it stops to take more of them. */
  bytes?: number;
}

/** Leases up to `limit` due deliveries for `worker`, fairly per destination. */
export function claim(
  worker: string,
  limit: number,
  leaseSeconds: number,
  { replayLimit = limit, slots, kind, shares, bytes }: ClaimOptions = {},
): Promise<Claim> {
  return call<Claim>("pipeline", "claim_deliveries", {
    p_worker: worker,
    p_limit: limit,
    p_lease_seconds: leaseSeconds,
    p_replay_limit: replayLimit,
    ...(slots !== undefined && { p_slots: slots }),
    ...(kind !== undefined && { p_kind: kind }),
    ...(shares !== undefined && { p_shares: shares }),
    ...(bytes !== undefined && { p_bytes: bytes }),
  });
}
