/**
 * Requests and answers of the reconciliation API: runs, what they found, and what brings it back. Long because it declares each
 * of its operations once.
 */
import { z } from "zod";
import { ID_PATTERN } from "../ids";
import { replayRequested } from "./replay-answers";
import { options } from "./replay-requests";
import {
  count,
  coverageKind,
  eventOrigin,
  findingKind,
  findingState,
  givenEnd,
  givenTime,
  list,
  providerSlug,
  reason,
  reconciliationStatus,
  reconciliationTrigger,
  rejectionReason,
  time,
} from "./values";

/** The most findings in one list. A back-fill takes at most REPLAY_MAX_EVENTS of them, 500 by default. */
const MOST_LISTED = 1_000;

const givenSource = z
  .string()
  .regex(ID_PATTERN.source, "must be a source's id such as so_12")
  .describe("A source with its own URL. Left out: the provider's default endpoint.");
const findingId = z.string().regex(ID_PATTERN.finding, "must be a finding's id such as fi_34");
const eventTypes = z.array(z.string().min(1).max(200)).min(1).max(20);

const inOrder = { error: "must be later than from_ts", path: ["to_ts"] };
const isInOrder = ({ from_ts, to_ts }: { from_ts?: string; to_ts?: string }) =>
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

const configurationProblem = z.object({
  code: z.string(),
  title: z.string(),
  way_out: z.string(),
  repair: z.string().nullable().describe("What `repair` would do; null where the API cannot repair it."),
});
export type ConfigurationProblem = z.infer<typeof configurationProblem>;

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

/** `POST /api/internal/reconciliation/campaigns-leads` */
export const campaignsLeadsRequest = z
  .strictObject({
    provider_slug: z.enum(["smartlead", "heyreach"], 'is "smartlead" or "heyreach"'),
    org_id: z.string().min(1).max(255).optional(),
    company_id: z.string().min(1).max(255).optional(),
    from_ts: givenTime.optional().describe("Default: seven days ago."),
    to_ts: givenEnd.optional(),
    dry_run: z.boolean().default(true),
  })
  .refine(isInOrder, inOrder);

export const campaignsLeadsAnswer = z
  .object({
    provider_slug: z.string(),
    org_id: z.string().nullable(),
    company_id: z.string().nullable(),
    dry_run: z.boolean(),
    status: reconciliationStatus.describe("Of all its runs together. queued or running: read it again by its id."),
    reason: z.string().nullable(),
    reconciliation_ids: z.array(z.string()),
    from_ts: time,
    to_ts: time,
    campaigns: z.object({ compared: count }),
    leads: z.object({ compared: count }),
    missing: count,
    drifted: count,
    repaired: count,
    counts_are: z.enum(["exact", "at_least"]),
    provider_errors: z.record(z.string(), count).describe("Requests that failed, by kind: rate_limited, unauthorised."),
    request_id: z.string(),
  })
  .meta({ id: "CampaignsLeads" });
export type CampaignsLeads = z.infer<typeof campaignsLeadsAnswer>;

/** `GET /api/coverage` */
export const credentialField = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  variable: z.string().describe("The environment variable of the default endpoint."),
  is_secret: z.boolean(),
  is_optional: z.boolean(),
  value: z.string().nullable().describe("Of a secret one only the last characters. Null when there is none."),
});
export type CredentialField = z.infer<typeof credentialField>;

export const credentialState = z
  .object({
    from: z.enum(["console", "environment"]).nullable().describe("Where they are from. Null without any."),
    is_complete: z.boolean(),
    fields: z.array(credentialField),
    rights: z.string().describe("What the key has to be allowed, and where it is made."),
    tested_at: time.nullable(),
    problem: z.string().nullable().describe("Why the last test failed."),
    updated_at: time.nullable(),
  })
  .meta({ id: "ApiCredentials" });
export type CredentialState = z.infer<typeof credentialState>;

export const watch = z
  .object({
    enabled: z.boolean(),
    every_seconds: count,
    window_seconds: count,
    daily_window_seconds: count,
    back_fills: z.boolean().describe("What it finds is delivered without asking."),
    next_run_at: time.nullable(),
    next_daily_run_at: time.nullable(),
    covered_until: time.nullable().describe("Up to here complete runs have read without a gap."),
  })
  .meta({ id: "Watch" });
export type Watch = z.infer<typeof watch>;

const runInBrief = z.object({
  id: z.string(),
  status: reconciliationStatus,
  reason: z.string().nullable(),
  started_by: reconciliationTrigger,
  from_ts: time,
  to_ts: time,
  created_at: time,
  completed_at: time.nullable(),
});
export type RunInBrief = z.infer<typeof runInBrief>;

const openFindings = {
  missing: count.describe("Events that are missing now, by all runs."),
  open: z.partialRecord(findingKind, count),
  open_run_id: z.string().nullable().describe("The run that shows most of what is open; null when nothing is."),
  oldest_missing_at: time.nullable(),
  repaired_24h: count,
  late_24h: count,
};

export const sourceCoverage = z
  .object({
    provider_slug: z.string(),
    label: z.string(),
    source_id: z.string().nullable(),
    name: z.string().nullable(),
    org_id: z.string().nullable(),
    in_use: z.boolean().describe("Whether it ever received an event."),
    coverage: z
      .object({ kind: coverageKind, proves: z.string(), misses: z.string() })
      .nullable()
      .describe("Null for a provider that cannot be asked."),
    horizon_days: z.number().nullable().describe("How far back the provider answers; null where it does not say."),
    wait_seconds: count.describe("How long after an event happened it counts as missing."),
    may_check_one: z.boolean().describe("Whether one event can be asked for."),
    has_configuration: z.boolean().describe("Whether the provider says how it is set up to send."),
    credentials: credentialState.nullable(),
    watch,
    is_on: z.boolean().describe("Whether it runs by itself: with credentials, and enabled."),
    running: runInBrief.nullable(),
    last_complete: runInBrief.nullable(),
    last_run: runInBrief.nullable(),
    ...openFindings,
    lost_at: time.nullable().describe("When the oldest missing event is beyond what the provider still answers."),
  })
  .meta({ id: "SourceCoverage" });
export type SourceCoverage = z.infer<typeof sourceCoverage>;

export const coverageList = z.object({ sources: z.array(sourceCoverage) });

/** Which source of a provider: the query of the requests below. */
export const ofSource = z.object({ source_id: givenSource.optional() });

/** `PUT /api/coverage/{provider_slug}/credentials` */
export const setCredentialsRequest = z.strictObject({
  source_id: givenSource.optional(),
  fields: z
    .record(z.string().max(60), z.string().trim().max(2_000))
    .describe("By name, as `fields` of coverage names them. A secret one that is left out stays as it is."),
});

/** `POST /api/coverage/{provider_slug}/credentials/test` */
export const testCredentialsRequest = z.strictObject({
  source_id: givenSource.optional(),
  fields: z
    .record(z.string().max(60), z.string().trim().max(2_000))
    .optional()
    .describe("To try before they are stored. Left out: the stored ones."),
});

export const credentialTest = z.object({
  works: z.boolean(),
  problem: z.string().nullable(),
  kind: z.string().nullable().describe("unauthorised, forbidden, rate_limited, network, …"),
  milliseconds: count,
});
export type CredentialTest = z.infer<typeof credentialTest>;

const MONTH_SECONDS = 2_678_400;

/** `PATCH /api/coverage/{provider_slug}/watch` */
export const setWatchRequest = z.strictObject({
  source_id: givenSource.optional(),
  enabled: z.boolean().optional(),
  every_seconds: z.int().min(60).max(86_400).optional(),
  window_seconds: z.int().min(60).max(MONTH_SECONDS).optional().describe("How far back its frequent run reads."),
  daily_window_seconds: z.int().min(3_600).max(MONTH_SECONDS).optional(),
  back_fills: z.boolean().optional().describe("True delivers what it finds without asking."),
});

/** `GET /api/coverage/{provider_slug}/configuration` */
export const configurationAnswer = z.object({
  subscribed_types: z.array(z.string()).nullable(),
  problems: z.array(configurationProblem),
  checked_at: time,
});
export type ConfigurationState = z.infer<typeof configurationAnswer>;

/** `POST /api/coverage/{provider_slug}/configuration/repair` */
export const repairRequest = z.strictObject({
  source_id: givenSource.optional(),
  code: z.string().min(1).max(120).describe("The code of the problem."),
});

/** In all that the caller may see. Events that several runs found count once. */
export const missingCounts = z.object({
  missing: count,
  rejected: count,
  undelivered: count,
  drifted: count,
  not_subscribed: count,
  repaired_24h: count,
  late_24h: count,
});
export type MissingCounts = z.infer<typeof missingCounts>;
