/** Values shared by requests and answers of the API. */
import { z } from "zod";
import { Constants } from "@/lib/db/database.types";
import { ID_PATTERN, numberInId } from "../ids";

const { Enums } = Constants.public;

export const eventStatus = z.enum(Enums.event_status);
export const deliveryStatus = z.enum(Enums.delivery_status);
export const attemptStatus = z.enum(Enums.attempt_status);
export const errorClass = z.enum(Enums.error_class);
export const trustLevel = z.enum(Enums.trust_level);
export const amountKind = z.enum(Enums.amount_kind);
export const livemodeChoice = z.enum(Enums.livemode_choice);
export const eventFlag = z.enum(Enums.event_flag);
export const parseStatus = z.enum(Enums.parse_status);
export const replayKind = z.enum(Enums.replay_kind);
export type ReplayKind = z.infer<typeof replayKind>;
export const replayStatus = z.enum(Enums.replay_status);
export const replayOutcome = z.enum(Enums.replay_outcome);
export const rejectionReason = z.enum(Enums.rejection_reason);
export const skipReason = z.enum(Enums.skip_reason);

/** A time in our format: ISO 8601, UTC. */
export const time = z.iso.datetime();
/** A time as callers may write it. */
export const givenTime = z.iso.datetime({
  offset: true,
  error: "must be an ISO 8601 time such as 2026-01-31T09:00:00Z",
});

export const count = z.int().min(0);

/** One row change of a projection, and its result. */
export const changeResult = z
  .object({
    table: z.string(),
    key: z.record(z.string(), z.string()),
    effect: z.enum(Enums.change_effect),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()),
    undecided: z
      .array(z.string())
      .optional()
      .describe(
        "Columns for which the provider does not say which of two events came first: the one received later counts.",
      ),
  })
  .meta({ id: "ChangeResult" });
export type ChangeResult = z.infer<typeof changeResult>;

/** `we_12` or `12`. Becomes the number. */
export const eventId = z
  .string()
  .regex(ID_PATTERN.event, "must be an event's id such as we_123")
  .transform((id) => numberInId(id));

/** `so_12` or `12`. Becomes the number. */
export const sourceId = z
  .string()
  .regex(ID_PATTERN.source, "must be a source's id such as so_12")
  .transform((id) => numberInId(id));

/** Why a user replays or resolves an event: kept with it for ever. */
export const reason = z.string().trim().min(3, "enter a reason").max(1000);

/** A provider as `provider_slug` names it. */
export const providerSlug = z.string().min(1).max(40);

/** A list, or in a query string a comma-separated list. */
export const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === "string" ? value.split(",").filter(Boolean) : value), z.array(item));
