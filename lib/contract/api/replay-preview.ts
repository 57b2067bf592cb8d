/** What a replay would do. */
import { z } from "zod";
import { replayHold } from "./holds";
import { amountKind, changeResult, count, skipReasons, time } from "./values";

const split = z.object({ value: z.string().nullable(), count });

export type Split = z.infer<typeof split>;

const sum = { currency: z.string(), amount: z.int().describe("In minor units.") };

/** Of the deliveries that were looked at. */
const impact = {
  customers: count,
  money: z.array(z.object(sum)).describe("Each payment, invoice and order once, by its newest state."),
  by_kind: z.array(z.object({ ...sum, kind: amountKind })).describe("The same, by what became of it."),
};

export const replayPreview = z
  .object({
    events: count,
    deliveries: count,
    to_run: count,
    to_skip: skipReasons,
    by: z.partialRecord(z.enum(["provider", "event_type", "destination", "organisation", "status"]), z.array(split)),
    oldest: time.nullable(),
    newest: time.nullable(),
    /** At the chosen rate and batches. */
    estimated_seconds: count,
    unhealthy_destinations: z.array(z.string()),
    holds: z.array(replayHold).describe("What holds the destinations of what would run."),
    /** What `tables` destinations would change now, with the events applied one after the other. */
    changes: z.object({
      created: count,
      updated: count,
      unchanged: count,
      superseded: count,
      /** The first fifty that would change. */
      rows: z.array(changeResult),
      /** Deliveries; fewer than `to_run` only in very large replays. */
      looked_at: count,
      problems: z.array(z.object({ message: z.string(), count })),
      will_fail: count.describe("How many of to_run these are."),
    }),
    impact: z.object({
      ...impact,
      test: z.object(impact).describe("Of events of a provider's test mode. They are in no other number here."),
    }),
  })
  .meta({ id: "ReplayPreview" });

export type ReplayPreview = z.infer<typeof replayPreview>;
