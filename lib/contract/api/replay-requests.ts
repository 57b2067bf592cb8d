/** The requests of the replay API: the schemas that its routes parse with and its documentation shows. */
import { z } from "zod";
import { eventFilterFields, refuseReversed } from "../event-filter";
import { replayOptionsSchema } from "../replay-options";
import { count, eventId, givenEnd, givenTime, list, providerSlug, reason, replayOutcome, replayStatus } from "./values";
import { isOneName, oneName, which } from "./which-event";

/** The most ids or keys in one list. A replay takes at most REPLAY_MAX_EVENTS of them, 500 by default. */
const MOST_LISTED = 1_000;
const atMost = `may have at most ${MOST_LISTED} entries: send the others in another request`;
/** A list of chosen events. Also for the merchant-delivery API. */
export const chosenEvents = z.array(eventId).min(1).max(MOST_LISTED, atMost);

/** How a replay runs; every option has a default. */
export const options = replayOptionsSchema.meta({ id: "ReplayOptions" }).optional();
/** Also for the merchant-delivery API. */
export const limit = z
  .int()
  .min(1)
  .optional()
  .describe(
    "Replay at most this many of the events that would run: those that no replay has tried first, then the oldest. " +
      "remaining says how many are left for the next request.",
  );
const dry_run = z.boolean().default(false).describe("Answer with the preview, and run nothing.");

/** A window that ends before it begins would match nothing, which the caller could mistake for good news. */
const inOrder = { error: "must be later than from_ts", path: ["to_ts"] };

/** `POST /api/webhooks/replay/{provider_slug}/{event_key}` */
export const replayOneRequest = z
  .strictObject({
    ...which,
    reason: reason.optional(),
    wait: z.boolean().default(true).describe("False answers at once with queued."),
  })
  .refine(isOneName, oneName);

/**
 * `POST /api/webhooks/replay-bulk`. Strict, as every request that starts something: a misspelt field must not widen a
 * replay.
 */
export const replayBulkRequest = z
  .strictObject({
    provider_slug: providerSlug,
    event_keys: z.array(z.string().min(1).max(1024)).min(1).max(MOST_LISTED, atMost),
    ...which,
    reason: reason.optional(),
    options,
    dry_run,
  })
  .refine(isOneName, oneName);

/** `POST /api/webhooks/replay-query` */
export const replayQueryRequest = z
  .strictObject({
    provider_slug: providerSlug,
    org_id: eventFilterFields.shape.org_id,
    organisation_id: eventFilterFields.shape.org_id.describe("The same."),
    company_id: eventFilterFields.shape.company_id,
    customer: eventFilterFields.shape.customer,
    object: eventFilterFields.shape.object,
    livemode: eventFilterFields.shape.livemode,
    event_type: eventFilterFields.shape.event_type,
    status: eventFilterFields.shape.status,
    from_ts: givenTime.describe("Inclusive."),
    to_ts: givenEnd,
    limit,
    reason: reason.optional(),
    options,
    dry_run,
  })
  .refine(({ from_ts, to_ts }) => Date.parse(from_ts) < Date.parse(to_ts), inOrder)
  .refine(isOneName, oneName)
  .transform(({ organisation_id, org_id = organisation_id, ...asked }) => ({ ...asked, ...(org_id && { org_id }) }));

const chosen = z.strictObject({ event_ids: chosenEvents });
const matching = z.strictObject({ filter: eventFilterFields.strict().superRefine(refuseReversed), limit });

/** Which events: chosen ones, or those that match a filter. Also for incidents. */
export const selection = z.union([chosen, matching], {
  error: 'is {"event_ids": ["we_1"]} or {"filter": {"status": ["dead"]}, "limit": 100}',
});

/** `POST /api/webhooks/replays` */
export const createReplayRequest = z.strictObject({
  selection,
  options,
  reason,
  draft: z.boolean().default(false).describe("Freeze the selection and run nothing until it is started."),
});

/** `GET /api/webhooks/replays` */
export const listReplaysRequest = z.object({
  status: list(replayStatus).optional().describe("Drafts are listed only when asked for."),
  q: z.string().max(255).optional().describe("Text in the reason or the name of who asked."),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});

/** `GET /api/webhooks/replays/{id}/items` */
export const replayItemsRequest = z.object({
  outcome: z
    .enum([...replayOutcome.options, "waiting"])
    .optional()
    .describe("waiting: those that have not ended."),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** `GET /api/webhooks/replays/{id}/export` */
export const exportRequest = z.object({ format: z.enum(["csv", "json"]).default("csv") });

/** `POST /api/webhooks/events/resolve` */
export const resolveRequest = z.strictObject({ event_ids: z.array(eventId).min(1).max(500), reason });

export const resolveAnswer = z.object({
  resolved: count,
  not_resolved: count.describe("Events that were not failed or dead."),
  request_id: z.string(),
});

/** `GET /api/live` */
export const liveRequest = z.object({ after: z.string().max(4_000).optional().describe("The id of the last event.") });

/** `POST /api/notices` */
export const seenRequest = z.strictObject({ until: z.int().min(1).describe("The newest notice that was seen.") });
