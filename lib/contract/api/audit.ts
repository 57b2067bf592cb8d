/** The audit log. */
import { z } from "zod";
import { refuseReversed } from "../event-filter";
import { givenEnd, givenTime, list, time } from "./values";

const filter = {
  actor: z.string().max(255).optional().describe("The name of a person or a token."),
  action: list(z.string().max(100)).optional().describe("Such as staff.invite."),
  subject: z.string().max(320).optional().describe("An id such as wr_12, or a person's e-mail."),
  range: z.enum(["15m", "1h", "24h", "7d", "30d"], "is 15m, 1h, 24h, 7d or 30d").optional(),
  from_ts: givenTime.optional().describe("Inclusive."),
  to_ts: givenEnd.optional(),
};

/** `GET /api/audit` */
export const auditRequest = z
  .object({
    ...filter,
    limit: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z
      .string()
      .regex(/^\d{1,17}\.\d{1,17}$/, "is not valid; start again without it")
      .optional(),
  })
  .superRefine(refuseReversed);

/** `GET /api/audit/export` */
export const auditExportRequest = z
  .object({ ...filter, format: z.enum(["csv", "json"]).default("csv") })
  .superRefine(refuseReversed);

const staffAction = z
  .object({
    id: z.int(),
    at: time,
    actor: z.string(),
    actor_id: z.string(),
    action: z.string(),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()),
    request_id: z.string().nullable(),
  })
  .meta({ id: "StaffAction" });

export type StaffAction = z.infer<typeof staffAction>;

export const auditPage = z.object({ actions: z.array(staffAction), next_cursor: z.string().nullable() });

export type StaffActionPage = z.infer<typeof auditPage>;
