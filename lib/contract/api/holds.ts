/** What holds deliveries, and the state of a replay's trial. SQL alone decides both (235_hold.sql). */
import { z } from "zod";
import { HOLD_REASONS } from "../holds";
import { count, time } from "./values";

const fields = {
  why: z.enum(HOLD_REASONS),
  since: time.nullable(),
  until: time.nullable().describe("When it ends by itself; null when that cannot be known."),
  by: z.string().nullable().describe("Who paused or disabled it; null when it was not a person."),
  because: z.string().nullable().describe("Why it was disabled."),
  event_id: z.string().optional().describe("The older event that order waits for."),
};

export const hold = z
  .object(fields)
  .describe("What holds the deliveries back; null when nothing does.")
  .meta({ id: "Hold" });
export type Hold = z.infer<typeof hold>;

export const replayHold = z
  .object({
    ...fields,
    destination_id: z.string(),
    destination: z.string(),
    deliveries: count.describe("How many deliveries of the replay wait for it."),
  })
  .meta({ id: "ReplayHold" });
export type ReplayHold = z.infer<typeof replayHold>;

export const trial = z
  .object({
    size: count,
    succeeded: count,
    failed: count.describe(
      "Also those that wait for a retry: the trial asks whether the endpoint takes deliveries now.",
    ),
    /** Of the failed ones. */
    retrying: count,
    allowed: count.describe("How many may fail. With one more, the replay stops."),
    /** The share that may fail, 0 to 1. */
    limit: z.number(),
    state: z.enum(["running", "passed", "failed"]),
  })
  .meta({ id: "ReplayTrial" });
export type Trial = z.infer<typeof trial>;
