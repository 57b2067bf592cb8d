/** What may be asked of incidents. */
import { z } from "zod";
import { ID_PATTERN } from "../ids";
import { options, selection } from "./replay-requests";
import { givenEnd, givenTime, incidentRequestAction, incidentSeverity, incidentState, list, reason } from "./values";

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
