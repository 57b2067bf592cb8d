/** An incident: what an outage affected, its recovery step by step, and who is asked. */
import { z } from "zod";
import { logEntry } from "./incident-items";
import {
  count,
  incidentRequestAction,
  incidentSeverity,
  incidentState,
  incidentStep,
  incidentStepStatus,
  time,
} from "./values";

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
