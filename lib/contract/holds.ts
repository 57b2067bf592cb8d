/** What holds deliveries back, and how a replay's trial goes. Both are said by SQL alone (235_hold.sql). */

/**
 * `circuit`: open until the next try. `probe`: one delivery is let through, the others wait for how it ends. `order`: behind
 * an older delivery of the same key.
 */
export const HOLD_REASONS = ["disabled", "paused", "circuit", "probe", "throttled", "order"] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export interface Hold {
  why: HoldReason;
  since: string | null;
  /** When it ends by itself; null when nobody can know. */
  until: string | null;
  /** Who paused or disabled it; null when it was not a person. */
  by: string | null;
  /** Why it was disabled. */
  because: string | null;
  /** The older event that `order` waits for. */
  event_id?: string;
}

/** What holds deliveries of a replay at one destination. */
export interface ReplayHold extends Hold {
  destination_id: string;
  destination: string;
  /** How many deliveries of the replay wait for it. */
  deliveries: number;
}

/** The first deliveries of a replay, before the rest may go. */
export interface Trial {
  size: number;
  succeeded: number;
  /** A delivery counts from its first failure on, also while it waits for a retry. */
  failed: number;
  /** Of those that failed. */
  retrying: number;
  /** How many may fail. */
  allowed: number;
  /** The share that may fail, 0 to 1. */
  limit: number;
  state: "running" | "passed" | "failed";
}
