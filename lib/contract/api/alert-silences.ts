/** Silences: for how long alerts tell no one. */
import { z } from "zod";
import { given, ruleId, subject } from "./alerts";
import { alertKind, givenTime, reason, time } from "./values";

/** `POST /api/silences` */
export const silenceRequest = z
  .strictObject({
    rule_id: ruleId.nullable().default(null),
    kind: alertKind.nullable().default(null),
    provider_slug: given.provider_slug.default(null),
    event_type: given.event_type.default(null),
    org_id: given.org_id.default(null),
    destination_id: given.destination_id.default(null),
    begins_at: givenTime.optional(),
    ends_at: givenTime.describe("At most 31 days away."),
    reason,
  })
  .meta({ id: "NewSilence" });

export const silence = z
  .object({
    id: z.string(),
    rule_id: z.string().nullable(),
    rule: z.string().nullable(),
    kind: alertKind.nullable(),
    ...subject,
    destination: z.string().nullable(),
    begins_at: time,
    ends_at: time,
    reason: z.string(),
    actor: z.string(),
    ended_by: z.string().nullable(),
    is_active: z.boolean(),
  })
  .meta({ id: "Silence" });

export type Silence = z.infer<typeof silence>;

export const silences = z.object({ silences: z.array(silence) });
