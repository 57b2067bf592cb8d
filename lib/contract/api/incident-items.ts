/** The items and the log of an incident, page by page. */
import { z } from "zod";
import { incidentCause, incidentItemState, incidentLogKind, list, time } from "./values";

export const logEntry = z.object({
  id: z.int(),
  kind: incidentLogKind,
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  actor: z.string(),
  at: time,
});

export type IncidentLogEntry = z.infer<typeof logEntry>;

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
