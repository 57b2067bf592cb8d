/**
 * Requests and answers of the incident API: what an outage affected, its recovery step by step, and what was done. Long because
 * it declares each of its operations once.
 */
import { z } from "zod";
import { ID_PATTERN } from "../ids";
import { options, selection } from "./replay-requests";
import {
  count,
  givenEnd,
  givenTime,
  incidentCause,
  incidentItemState,
  incidentLogKind,
  incidentRequestAction,
  incidentSeverity,
  incidentState,
  incidentStep,
  incidentStepStatus,
  list,
  reason,
  time,
} from "./values";

const inOrder = { error: "must be later than from_ts", path: ["to_ts"] };
const isInOrder = ({ from_ts, to_ts }: { from_ts: string; to_ts: string }) => Date.parse(from_ts) < Date.parse(to_ts);

/** `POST /api/incidents` */
export const openIncidentRequest = z
  .strictObject({
    title: z.string().trim().min(3, "enter a title").max(200),
    cause: z.string().trim().min(3, "enter what happened").max(2000),
    severity: incidentSeverity,
    selection: selection.optional().describe("Events, as a replay selects them."),
    reconciliation_id: z.string().regex(ID_PATTERN.reconciliation, "must be a run's id such as rc_12").optional(),
    from_ts: givenTime.describe("When the outage began. Providers are asked for this window."),
    to_ts: givenEnd,
  })
  .refine(isInOrder, inOrder)
  .refine(({ selection, reconciliation_id }) => (selection === undefined) !== (reconciliation_id === undefined), {
    error: 'send "selection" or "reconciliation_id"',
    path: ["selection"],
  });
export type OpenIncidentInput = z.input<typeof openIncidentRequest>;

/** `GET /api/incidents` */
export const listIncidentsRequest = z.object({
  state: list(incidentState).optional(),
  severity: list(incidentSeverity).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});

/** `PATCH /api/incidents/{id}` */
export const changeIncidentRequest = z.strictObject({
  title: z.string().trim().min(3).max(200).optional(),
  cause: z.string().trim().min(3).max(2000).optional(),
  severity: incidentSeverity.optional(),
  owner: z.email().nullable().optional().describe("A member of the staff; null takes the owner away."),
});

/** `POST /api/incidents/{id}/notes` */
export const noteRequest = z.strictObject({ message: z.string().trim().min(1, "enter a note").max(4000) });

/** `POST /api/incidents/{id}/grow` */
export const growIncidentRequest = z.strictObject({ selection, reason });

/** `POST /api/incidents/{id}/recover` */
export const recoverIncidentRequest = z.strictObject({
  reason,
  until: z
    .enum(["preview", "end"])
    .default("preview")
    .describe(
      "preview: find what is affected, show what a recovery would do, and wait. end: go on, verify, and close at zero.",
    ),
  options: options.describe("As for a replay. `canary` is the size of the first stage."),
  types_first: z.array(z.string().min(1).max(200)).max(20).optional().describe("Critical event types: they run first."),
  organisations_first: z.array(z.string().min(1).max(255)).max(50).optional(),
  pause_seconds: z.int().min(0).max(3600).default(0).describe("Between two stages."),
});

/** `POST /api/incidents/{id}/verify` */
export const verifyIncidentRequest = z.strictObject({
  with_provider: z
    .boolean()
    .default(true)
    .describe("Also ask the providers again. False reads only our own rows and attempts."),
});

/** `POST /api/incidents/{id}/accept` */
export const acceptIncidentRequest = z.strictObject({
  positions: z.array(z.int().min(1)).min(1).max(1000).optional(),
  all: z.literal(true).optional().describe("Every item that is still missing or unrecoverable."),
  reason,
});

/** `POST /api/incidents/{id}/close` and `…/reopen` */
export const endIncidentRequest = z.strictObject({ reason });

/** `POST /api/incidents/{id}/requests`: asks an administrator for what the caller may not do. */
export const askIncidentRequest = z.strictObject({
  action: incidentRequestAction,
  input: z.record(z.string(), z.unknown()).describe("The body of that call."),
  reason,
});

/** `POST /api/incidents/{id}/requests/{request_id}` */
export const decideIncidentRequest = z.strictObject({ approve: z.boolean(), reason });

const counts = z.object({
  total: count,
  affected: count,
  recovered: count,
  verified: count,
  still_missing: count,
  unrecoverable: count,
  accepted: count.describe("Of the unrecoverable ones, those that an administrator accepted."),
});

const step = z.object({
  step: incidentStep,
  status: incidentStepStatus,
  reason: z.string().nullable().describe("Why it waits or stopped."),
  found: z.record(z.string(), z.unknown()).describe("What it found or did, as figures."),
  started_at: time.nullable(),
  ended_at: time.nullable(),
});
export type IncidentStepState = z.infer<typeof step>;

const logEntry = z.object({
  id: z.int(),
  kind: incidentLogKind,
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  actor: z.string(),
  at: time,
});
export type IncidentLogEntry = z.infer<typeof logEntry>;

const incidentFields = {
  id: z.string().describe("in_ and the number of the incident."),
  title: z.string(),
  cause: z.string(),
  severity: incidentSeverity,
  respond_by: time.describe("By the severity: P0 at once, P1 15 minutes, P2 an hour, P3 four hours, P4 a day."),
  responded_at: time.nullable(),
  state: incidentState,
  opened_by: z.enum(["person", "alert", "run"]),
  actor: z.string(),
  owner: z.string().nullable(),
  from_ts: time,
  to_ts: time,
  organisations: z.array(z.string()).nullable(),
  counts,
  money: z
    .array(z.object({ currency: z.string(), at_stake: z.int(), verified: z.int() }))
    .describe("Amounts of the items, each payment once, in minor units."),
  opened_at: time,
  verified_at: time.nullable().describe("When a verification last read everything that it had to."),
  closed_at: time.nullable(),
  closed_by: z.string().nullable().describe("Null when it closed itself."),
  reopened_at: time.nullable(),
};

export const incidentInBrief = z.object(incidentFields).meta({ id: "IncidentInBrief" });
export type IncidentInBrief = z.infer<typeof incidentInBrief>;

const stage = z.object({
  number: z.int(),
  replay_id: z.string(),
  status: z.string(),
  stopped_because: z.string().nullable(),
  total: count,
  succeeded: count,
  failed: count,
  skipped: count,
});

const run = z.object({
  reconciliation_id: z.string(),
  purpose: z.enum(["find", "verify"]),
  provider_slug: z.string(),
  source_id: z.string().nullable(),
  status: z.string(),
  reason: z.string().nullable(),
  missing: count,
  drifted: count,
});

export const incidentRequest = z
  .object({
    id: z.string().describe("ir_ and the number of the request."),
    action: incidentRequestAction,
    input: z.record(z.string(), z.unknown()),
    reason: z.string(),
    actor: z.string(),
    requested_at: time,
    is_approved: z.boolean().nullable().describe("Null until it is decided."),
    decided_by: z.string().nullable(),
    decision: z.string().nullable(),
    decided_at: time.nullable(),
  })
  .meta({ id: "IncidentRequest" });
export type IncidentRequest = z.infer<typeof incidentRequest>;

export const incident = z
  .object({
    ...incidentFields,
    steps: z.array(step).describe("In the order of a recovery."),
    impact: z.object({
      organisations: z.array(z.object({ org_id: z.string().nullable(), counts })),
      types: z.array(z.object({ provider_slug: z.string(), event_type: z.string(), counts })),
    }),
    stages: z.array(stage),
    runs: z.array(run),
    requests: z.array(incidentRequest),
    log: z.array(logEntry).describe("The newest 100 entries, newest first. The others: …/log."),
  })
  .meta({ id: "Incident" });
export type Incident = z.infer<typeof incident>;

export const incidentPage = z.object({ incidents: z.array(incidentInBrief), next_cursor: z.int().nullable() });
export type IncidentPage = z.infer<typeof incidentPage>;

/** `GET /api/incidents/{id}/items` */
export const incidentItemsRequest = z.object({
  state: list(incidentItemState).optional(),
  cause: list(incidentCause).optional(),
  org_id: z.string().max(255).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
});

const item = z.object({
  position: z.int(),
  provider_slug: z.string(),
  source_id: z.string().nullable(),
  identity: z.string().describe("The event key, or the logical key where the provider's API lists objects."),
  event_type: z.string(),
  event_id: z.string().nullable().describe("Null until it is here."),
  finding_id: z.string().nullable(),
  object_id: z.string().nullable(),
  org_id: z.string().nullable(),
  customer_id: z.string().nullable(),
  occurred_at: time.nullable(),
  amount: z.int().nullable(),
  currency: z.string().nullable(),
  cause: incidentCause,
  state: incidentItemState,
  reason: z.string().nullable(),
  accepted_by: z.string().nullable(),
  accepted_at: time.nullable(),
  replay_id: z.string().nullable(),
  proof: z
    .array(
      z.object({
        delivery_id: z.int().nullable().describe("Null for stored."),
        destination: z.string(),
        kind: z.enum(["rows", "endpoint", "stored"]),
        attempt_id: z.string().nullable(),
        at: time,
      }),
    )
    .nullable()
    .describe("What the verification saw in the target. stored: no destination receives it."),
  changed_at: time,
});
export type IncidentItem = z.infer<typeof item>;

export const incidentItemPage = z.object({ items: z.array(item), next_cursor: z.int().nullable() });
export type IncidentItemPage = z.infer<typeof incidentItemPage>;

/** `GET /api/incidents/{id}/log` */
export const incidentLogRequest = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
});
export const incidentLogPage = z.object({ entries: z.array(logEntry), next_cursor: z.int().nullable() });
export type IncidentLogPage = z.infer<typeof incidentLogPage>;
