/** Answers of the replay API: the types, the documentation and the tests are made from these schemas. */
import { z } from "zod";
import { type ReplayOptions, replayOptionsSchema } from "../replay-options";
import { replayHold, trial } from "./holds";
import { replayItem } from "./replay-items";
import { replayPreview } from "./replay-preview";
import { count, errorClass, replayKind, replayOutcome, replayStatus, skipReasons, time } from "./values";

/** As stored: every option is present, and null when it was left out. */
const storedOptions = z.object(
  Object.fromEntries(Object.entries(replayOptionsSchema.shape).map(([name, option]) => [name, option.nullable()])),
) as unknown as z.ZodType<ReplayOptions>;

const replayFields = {
  id: z.string().describe("wr_ and the number of the replay; br_ and the number name the same one."),
  kind: replayKind,
  status: replayStatus,
  reason: z.string(),
  /** Who asked for it: a person's name, or a token's subject. */
  actor: z.string(),
  request_id: z.string().nullable(),
  options: storedOptions,
  selection: z.record(z.string(), z.unknown()),
  matched: count.describe("Events the selection matched: more than were taken when a limit cut it."),
  remaining: count.describe("Events that would have run too, and that its limit left for the next request."),
  /** `succeeded + failed + skipped + in_progress`, and the queued ones. */
  total: count.describe("Deliveries."),
  succeeded: count,
  failed: count,
  skipped: count,
  in_progress: count,
  /** Why it stopped automatically. */
  stopped_because: z.string().nullable(),
  scheduled_at: time,
  created_at: time,
  queued_at: time.nullable(),
  started_at: time.nullable(),
  completed_at: time.nullable(),
};

export const replay = z.object(replayFields).meta({ id: "Replay" });
export type Replay = z.infer<typeof replay>;

export const replayPage = z.object({
  replays: z.array(replay),
  next_cursor: z.int().nullable().describe("Pass it back as cursor for the next, older page."),
});
export type ReplayPage = z.infer<typeof replayPage>;

export const replaySummary = z
  .object({
    /** Items by outcome; `waiting` are those without one. */
    outcomes: z.partialRecord(z.enum([...replayOutcome.options, "waiting"]), count),
    skip_reasons: skipReasons,
    failures: z.array(
      z.object({
        error_class: errorClass.nullable(),
        http_status: z.int().nullable(),
        message: z.string().nullable(),
        destination: z.string(),
        count,
      }),
    ),
    /** Created or updated. */
    rows_changed: count,
    holds: z.array(replayHold).describe("What holds the deliveries that have not ended, most first."),
    trial: trial.nullable().describe("Null for a replay without canary."),
  })
  .meta({ id: "ReplaySummary" });
export type ReplaySummary = z.infer<typeof replaySummary>;

export const replayDetail = z.object({ ...replayFields, summary: replaySummary });

export const replayRequested = z
  .object({
    ...replayFields,
    status: replayStatus.describe("queued once it is accepted, draft for a dry run."),
    replay_id: z.string().describe("The same as id."),
    taken: count.describe("Events that were taken: fewer than matched when a limit cut it."),
    skip_reasons: skipReasons,
    not_found: z.array(z.string()).describe("Keys or ids that no event has."),
    preview: replayPreview.optional().describe("For a dry run."),
  })
  .meta({ id: "ReplayRequested" });
export type ReplayRequested = z.infer<typeof replayRequested>;

export const replayAnswer = z.object({
  /** `replayed` once it succeeded, `queued` while it runs, `failed` when it ended without success. */
  status: z.enum(["replayed", "queued", "failed"]),
  replay_id: z.string(),
  provider_slug: z.string(),
  event_key: z.string(),
  event_id: z.string(),
  replay_count: count,
  /** The last error, when it failed. */
  error: z.string().nullable(),
  replay,
  items: z.array(replayItem),
  request_id: z.string(),
});
export type ReplayAnswer = z.infer<typeof replayAnswer>;

const notice = z.object({ id: z.int(), subject: z.string(), message: z.string(), created_at: time });
export type Notice = z.infer<typeof notice>;

export const notices = z.object({ notices: z.array(notice) });
