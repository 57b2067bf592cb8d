/** The items of a replay: one per delivery. */
import { z } from "zod";
import { hold } from "./holds";
import { changeResult, count, deliveryStatus, errorClass, replayOutcome, skipReason, time } from "./values";

export const replayItem = z
  .object({
    position: z.int().min(1),
    event_id: z.string(),
    event_key: z.string(),
    event_type: z.string(),
    provider_slug: z.string(),
    org_id: z.string().nullable(),
    received_at: time,
    delivery_id: z.int(),
    destination: z.string(),
    delivery_status: deliveryStatus,
    /** Null until it ends. */
    outcome: replayOutcome.nullable(),
    skip_reason: skipReason.nullable(),
    error_class: errorClass.nullable(),
    detail: z.string().nullable(),
    finished_at: time.nullable(),
    http_status: z.int().nullable(),
    duration_ms: count.nullable(),
    /** Under this replay. */
    attempts: count,
    next_retry: time.nullable(),
    hold: hold.nullable(),
    /** The rows it changed. */
    changes: z.array(changeResult),
    body_sha256: z.string().describe("Of the event's bytes as they were received, in hex."),
  })
  .meta({ id: "ReplayItem" });

export type ReplayItem = z.infer<typeof replayItem>;

export const replayItemPage = z.object({
  items: z.array(replayItem),
  next_after: z.int().nullable().describe("Pass it back as after for the next items. Null on the last page."),
});
