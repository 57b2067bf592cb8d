/** What holds deliveries, and the state of a replay's trial. SQL alone decides both (235_hold.sql). */

/**
 * `circuit`: open until the next try. `probe`: one delivery is let through, the others wait for its result. `order`: behind
 * an older delivery of the same key.
 */
export const HOLD_REASONS = ["disabled", "paused", "circuit", "probe", "throttled", "order"] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export type { Hold, ReplayHold, Trial } from "./api/holds";
