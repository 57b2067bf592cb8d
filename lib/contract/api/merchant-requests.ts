/** Requests of the merchant-delivery API of the Globapay runbook, in that runbook's words. */
import { z } from "zod";
import type { EventFilter } from "../event-filter";
import { FAILURE_LABELS, knownLabel } from "../failure-labels";
import { type FilterStatus, merchantStatuses } from "../status-words";
import { chosenEvents, limit, options } from "./replay-requests";
import { givenEnd, givenTime, list, providerSlug, reason } from "./values";

const name = z.string().min(1).max(255);

const inOrder = ({ from, to }: { from?: string; to?: string }) => !from || !to || Date.parse(from) < Date.parse(to);
const REVERSED = { error: "must be later than from", path: ["to"] };

/** `GET /admin/webhooks/events` */
export const merchantEventsRequest = z
  .object({
    status: merchantStatuses.optional(),
    merchantId: name.optional(),
    eventType: list(name).optional(),
    provider: list(providerSlug).optional(),
    from: givenTime.optional().describe("Inclusive."),
    to: givenEnd.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(200).optional(),
  })
  .refine(inOrder, REVERSED);

/** `POST /admin/webhooks/{eventId}/replay` */
export const merchantReplayRequest = z.strictObject({ options, reason });

/** `POST /admin/webhooks/bulk-replay` */
export const bulkReplayRequest = z.strictObject({
  criteria: z
    .strictObject({
      merchantId: name.optional(),
      status: merchantStatuses.optional(),
      eventTypes: z.array(name).min(1).max(50).optional(),
      provider: list(providerSlug).optional(),
      timeRange: z
        .strictObject({ from: givenTime.optional().describe("Inclusive."), to: givenEnd.optional() })
        .refine(inOrder, REVERSED)
        .optional(),
    })
    .refine((criteria) => Object.values(criteria).some((value) => value !== undefined), "name at least one criterion"),
  limit,
  options,
  reason,
});

/** `POST /admin/webhooks/replay-batch` */
export const replayBatchRequest = z.strictObject({
  eventIds: chosenEvents,
  options,
  reason: reason.optional(),
});

/** `GET /admin/webhooks/replays/{id}/failures` */
export const failuresRequest = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** `POST /admin/webhooks/replays/{id}/retry-failures` */
export const retryFailuresRequest = z.strictObject({
  maxAdditionalRetries: z.int().min(1).max(10).default(1).describe("Tries per delivery, the first one included."),
  retryDelayMinutes: z.int().min(0).max(1440).default(0).describe("Pause between two of these tries."),
  onlySpecificFailures: z
    .array(z.preprocess(knownLabel, z.enum(FAILURE_LABELS, { error: `must be of: ${FAILURE_LABELS.join(", ")}` })))
    .min(1)
    .max(FAILURE_LABELS.length, `may have at most ${FAILURE_LABELS.length} entries: ${FAILURE_LABELS.join(", ")}`)
    .transform((labels) => [...new Set(labels)])
    .optional(),
  reason: reason.optional(),
});

interface Criteria {
  merchantId?: string;
  status?: FilterStatus[];
  eventType?: string[];
  provider?: string[];
  from?: string;
  to?: string;
}

/** These criteria as a filter of the event history. */
export function filterOf({ merchantId, status, eventType, provider, from, to }: Criteria): EventFilter {
  return {
    ...(provider && { provider_slug: provider }),
    ...(status && { status }),
    ...(eventType && { event_type: eventType.join(",") }),
    ...(merchantId && { org_id: merchantId }),
    ...(from && { from_ts: from }),
    ...(to && { to_ts: to }),
  };
}
