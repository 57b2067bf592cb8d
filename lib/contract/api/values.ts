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
export const eventOrigin = z.enum(Enums.event_origin);
export const reconciliationStatus = z.enum(Enums.reconciliation_status);
export const reconciliationTrigger = z.enum(Enums.reconciliation_trigger);
export const findingKind = z.enum(Enums.finding_kind);
export const findingState = z.enum(Enums.finding_state);
export const coverageKind = z.enum(Enums.coverage_kind);
export const incidentSeverity = z.enum(Enums.incident_severity);
export const incidentState = z.enum(Enums.incident_state);
export const incidentCause = z.enum(Enums.incident_cause);
export const incidentItemState = z.enum(Enums.incident_item_state);
export const incidentStep = z.enum(Enums.incident_step);
export const incidentStepStatus = z.enum(Enums.incident_step_status);
export const incidentLogKind = z.enum(Enums.incident_log_kind);
export const incidentRequestAction = z.enum(Enums.incident_request_action);
export const alertKind = z.enum(Enums.alert_kind);
export const alertState = z.enum(Enums.alert_state);
export const channelKind = z.enum(Enums.channel_kind);
export const notificationKind = z.enum(Enums.notification_kind);
export const notificationStatus = z.enum(Enums.notification_status);

/** A time in our format: ISO 8601, UTC. */
export const time = z.iso.datetime();
/** A time as callers may write it. */
export const givenTime = z.iso.datetime({
  offset: true,
  error: "must be an ISO 8601 time such as 2026-01-31T09:00:00Z",
});

/** `…T23:59:59Z` and `…T23:59:59.999Z`: how people write the end of a second that is included. */
const LAST_SECOND = /(T\d\d:\d\d:59)(?:\.9+)?(?=Z|[+-]\d\d:\d\d$)/i;

/**
 * The end of a time range as callers may write it. An end is exclusive. One that is written as the last second of a minute
 * includes that second: it becomes the time right after it.
 */
export const givenEnd = givenTime
  .transform((end) => {
    if (!LAST_SECOND.test(end)) return end;
    const next = new Date(Date.parse(end.replace(LAST_SECOND, "$1")) + 1_000);
    // The end of the year 9999 is how people write for ever; the next year has no four digits.
    return next.getUTCFullYear() > 9999 ? end : next.toISOString();
  })
  .describe("Exclusive, but an end written as 23:59:59 includes that whole second.");

export const count = z.int().min(0);
export const skipReasons = z.partialRecord(skipReason, count);

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
