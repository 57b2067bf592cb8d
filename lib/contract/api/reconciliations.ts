/** Runs of reconciliation: how they are asked for, how they are answered, and what they asked of the provider. */
import { z } from "zod";
import { configurationProblem, givenSource } from "./source-api";
import {
  count,
  givenEnd,
  givenTime,
  list,
  providerSlug,
  reconciliationStatus,
  reconciliationTrigger,
  time,
} from "./values";

const eventTypes = z.array(z.string().min(1).max(200)).min(1).max(20);

export const inOrder = { error: "must be later than from_ts", path: ["to_ts"] };
export const isInOrder = ({ from_ts, to_ts }: { from_ts?: string; to_ts?: string }) =>
  !from_ts || !to_ts || Date.parse(from_ts) < Date.parse(to_ts);

/** `POST /api/reconciliations` */
export const createReconciliationRequest = z
  .strictObject({
    provider_slug: providerSlug,
    source_id: givenSource.optional(),
    from_ts: givenTime.describe("Inclusive."),
    to_ts: givenEnd,
    types: eventTypes.optional().describe("Only events of these types. Default: all."),
    dry_run: z
      .boolean()
      .default(true)
      .describe("False also back-fills what is found, and needs the permission replay_many."),
  })
  .refine(isInOrder, inOrder);

/** `GET /api/reconciliations` */
export const listReconciliationsRequest = z.object({
  provider_slug: providerSlug.optional(),
  source_id: givenSource.optional(),
  status: list(reconciliationStatus).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});

const counts = z.object({
  provider: count.describe("What the provider has in the window."),
  received: count.describe("How much of it is here."),
  missing: count.describe("The provider has it, and it is not here."),
  rejected: count.describe("It came, and was rejected."),
  undelivered: count.describe("It is here, and one of its deliveries is dead."),
  drifted: count.describe("A row differs from the provider's object."),
  not_subscribed: count.describe("The provider was not told to send events of this type."),
  late: count.describe("Its webhook came by itself after it was found missing."),
  repaired: count.describe("A back-fill delivered it."),
  unrecoverable: count.describe("It cannot be brought back. `detail` of the finding says why."),
});

const reconciliationFields = {
  id: z.string().describe("rc_ and the number of the run."),
  provider_slug: z.string(),
  source_id: z.string().nullable(),
  source_name: z.string().nullable(),
  org_id: z.string().nullable(),
  company_id: z.string().nullable(),
  status: reconciliationStatus,
  reason: z.string().nullable().describe("Why it is partial, failed or cancelled; while it waits, what for."),
  started_by: reconciliationTrigger,
  dry_run: z.boolean(),
  from_ts: time,
  to_ts: time.describe("May be earlier than asked for: what is newer may still be on its way."),
  types: z.array(z.string()).nullable(),
  subscribed_types: z
    .array(z.string())
    .nullable()
    .describe("The types that the provider sends; null: all, or unknown."),
  configuration: z
    .object({ problems: z.array(configurationProblem), note: z.string().nullable() })
    .nullable()
    .describe("How the provider was set up to send to us when the run started. Null where that is not known."),
  counts,
  counts_are: z
    .enum(["exact", "at_least"])
    .describe("at_least until the run is completed: a part of the window was not read, so more may be missing."),
  counted: z
    .array(z.object({ event_type: z.string(), provider: count, received: count }))
    .describe("What the provider counts without listing it."),
  windows: z.object({ total: count, done: count, failed: count }),
  requests: count.describe("Requests to the provider's API."),
  back_filling: count.describe("Findings whose replay has not ended."),
  replay_id: z.string().nullable(),
  resent: z
    .object({
      asked: count
        .nullable()
        .describe("How many failed webhooks it was asked for; null when the provider does not say."),
      asked_at: time,
      failed_after: count.nullable().describe("How many were still failed a minute later, by the provider."),
      checked_at: time.nullable(),
      problem: z.string().nullable(),
    })
    .nullable()
    .describe("Of a run that repairs: what the provider was asked to send again, where its API offers that."),
  actor: z.string(),
  request_id: z.string().nullable(),
  created_at: time,
  started_at: time.nullable(),
  completed_at: time.nullable(),
};

export const reconciliation = z.object(reconciliationFields).meta({ id: "Reconciliation" });
export type Reconciliation = z.infer<typeof reconciliation>;

export const reconciliationAccepted = z
  .object({ reconciliation_id: z.string().describe("The same as id."), ...reconciliationFields })
  .meta({ id: "ReconciliationAccepted" });

export const reconciliationPage = z.object({
  reconciliations: z.array(reconciliation),
  next_cursor: z.int().nullable().describe("Pass it back as cursor for the next, older page."),
});
export type ReconciliationPage = z.infer<typeof reconciliationPage>;

/** `GET /api/reconciliations/{id}/requests` */
export const apiRequestsRequest = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
});

const apiRequest = z.object({
  id: z.int(),
  method: z.string(),
  url: z.string().describe("Without secrets."),
  status_code: z.int().nullable().describe("Null when no answer came."),
  provider_request_id: z.string().nullable().describe("The provider's own id of the request, for its support."),
  entries: count.nullable(),
  problem: z.string().nullable(),
  milliseconds: count,
  asked_at: time,
});
export type ApiRequestNote = z.infer<typeof apiRequest>;

export const apiRequestPage = z.object({ requests: z.array(apiRequest), next_cursor: z.int().nullable() });
export type ApiRequestPage = z.infer<typeof apiRequestPage>;
