/** What runs found, what brings it back, and the check of one event. */
import { z } from "zod";
import { ID_PATTERN } from "../ids";
import { replayRequested } from "./replay-answers";
import { options } from "./replay-requests";
import { count, eventOrigin, findingKind, findingState, reason, rejectionReason, time } from "./values";

/** The most findings in one list. A back-fill takes at most REPLAY_MAX_EVENTS of them, 500 by default. */
const MOST_LISTED = 1_000;

const findingId = z.string().regex(ID_PATTERN.finding, "must be a finding's id such as fi_34");

/** `GET /api/reconciliations/{id}/findings` */
export const findingsRequest = z.object({
  kind: findingKind.optional(),
  state: findingState.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
});

const rowDifference = z.object({
  table: z.string(),
  key: z.record(z.string(), z.string()),
  column: z.string(),
  ours: z.unknown(),
  provider: z.unknown(),
});

export type RowDifference = z.infer<typeof rowDifference>;

const findingFields = {
  id: z.string().describe("fi_ and the number of the finding."),
  reconciliation_id: z.string(),
  provider_slug: z.string(),
  kind: findingKind,
  state: findingState,
  event_key: z.string().nullable(),
  logical_key: z.string().nullable(),
  event_type: z.string(),
  object_id: z.string().nullable(),
  org_id: z.string().nullable(),
  occurred_at: time,
  origin: eventOrigin.describe(
    "provider_api: the provider's own event. reconstructed: made by Redrive from its object.",
  ),
  detail: z.string().nullable(),
  difference: z.array(rowDifference).nullable(),
  body_size: count.nullable().describe("Null for what can be named and not brought back."),
  event_id: z.string().nullable(),
  rejection: z.object({ reason: rejectionReason, detail: z.string(), received_at: time }).nullable(),
  may_back_fill: z.boolean(),
  replay_id: z.string().nullable(),
  found_at: time,
  closed_at: time.nullable(),
};

export const finding = z.object(findingFields).meta({ id: "Finding" });

export type Finding = z.infer<typeof finding>;

export const findingPage = z.object({
  findings: z.array(finding),
  next_cursor: z.int().nullable().describe("Pass it back as cursor for the next findings. Null on the last page."),
});

export type FindingPage = z.infer<typeof findingPage>;

/** `GET /api/reconciliations/{id}/findings/{finding_id}` */
export const findingDetail = z
  .object({
    ...findingFields,
    headers: z.array(z.tuple([z.string(), z.string()])),
    body_base64: z.string().nullable().describe("What a back-fill stores, with secrets masked."),
    body_cut: z.boolean(),
  })
  .meta({ id: "FindingDetail" });

export type FindingDetail = z.infer<typeof findingDetail>;

/** `POST /api/reconciliations/{id}/back-fill` */
export const backFillRequest = z
  .strictObject({
    finding_ids: z.array(findingId).min(1).max(MOST_LISTED).optional(),
    all: z.literal(true).optional().describe("Everything of the run that can be brought back, the oldest first."),
    reason,
    options,
    draft: z.boolean().default(false).describe("Store the events, and run nothing until the replay is started."),
  })
  .refine(({ finding_ids, all }) => (finding_ids === undefined) !== (all === undefined), {
    error: 'send "finding_ids", or "all": true',
    path: ["finding_ids"],
  });

export const backFillRequested = replayRequested
  .extend({ remaining_findings: count.describe("Findings that the size of a replay left for the next back-fill.") })
  .meta({ id: "BackFillRequested" });

export type BackFillRequested = z.infer<typeof backFillRequested>;

/** What an event's page says about where the event came from. */
export const foundBy = z.object({
  reconciliation_id: z.string(),
  finding_id: z.string(),
  kind: findingKind,
  state: findingState,
  found_at: time,
});

/** `POST /api/webhooks/events/{id}/check` */
export const eventCheck = z
  .object({
    provider_slug: z.string(),
    asked_for: z.string().describe("The provider's id that was asked for."),
    found: z.boolean(),
    /** Whether the provider has the same key; null where it does not say. */
    same_key: z.boolean().nullable(),
    occurred_at: time.nullable(),
    event_type: z.string().nullable(),
    body_base64: z.string().nullable().describe("What the provider has now, with secrets masked."),
    checked_at: time,
  })
  .meta({ id: "EventCheck" });

export type EventCheck = z.infer<typeof eventCheck>;
