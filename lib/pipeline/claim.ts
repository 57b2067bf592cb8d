/** claim: leases due deliveries. The attempt is stored and counted before a byte leaves. */
import type { ErrorClass } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import type { Claim, RowChange, Work } from "@/lib/db/functions/journey";

export type { Claim, Work };

/** The result of a delivery: a value, never an exception. */
export type Outcome = {
  duration_ms: number;
  http_status?: number;
  response_headers?: [string, string][];
  response_body?: Buffer;
  response_truncated?: boolean;
} & (
  | { delivered: true; changes: RowChange[] }
  | {
      delivered: false;
      error_class: ErrorClass;
      error: string;
      /** Null: it is not retried. */
      retry_in_ms: number | null;
    }
);

export interface ClaimOptions {
  /** Default: `limit`. */
  replayLimit?: number;
  /** How many deliveries the worker runs at a time: no destination gets more than half of them. */
  slots?: number;
  /** Only deliveries to rows, or only those to endpoints. */
  kind?: Work["destination"]["kind"];
  /** What it may take in addition to `limit`, which is then only for proven endpoints. */
  shares?: { unproven: number; slow: number; slow_slots: number; late: number[] };
  /** The claim takes no more bodies above 64 KB once they have this many bytes together. */
  bytes?: number;
}

/** Leases up to `limit` due deliveries for `worker`, fairly per destination. */
export function claim(
  worker: string,
  limit: number,
  leaseSeconds: number,
  { replayLimit = limit, slots, kind, shares, bytes }: ClaimOptions = {},
): Promise<Claim> {
  return call("pipeline", "claim_deliveries", {
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
