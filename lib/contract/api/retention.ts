/** How long what is kept: requests and answers. */
import { z } from "zod";
import { Constants } from "@/lib/db/database.types";
import { count, time } from "./values";

export const retentionClass = z.enum(Constants.public.Enums.retention_class);
export type RetentionClass = z.infer<typeof retentionClass>;

/** 100 years: more is for ever. */
const MOST_DAYS = 36_500;
/** Who may change this cannot wipe out what they did. */
const LEAST_AUDIT_DAYS = 90;
const days = z.int().min(1, "must be at least a day").max(MOST_DAYS, "must be at most 36,500; null is for ever");

/** `PATCH /api/retention` */
export const changeRetentionRequest = z
  .strictObject({
    class: retentionClass,
    org_id: z
      .string()
      .trim()
      .min(1)
      .max(255)
      .nullable()
      .default(null)
      .describe("Of received bytes, one organisation's. Left out: all that have no days of their own."),
    days: days.nullable().optional().describe("null is for ever."),
    inherit: z.literal(true).optional().describe("The organisation has no days of its own any more."),
    confirmed: z
      .boolean()
      .default(false)
      .describe("Needed for fewer days than now: without it, 409 says how many rows are older."),
  })
  .refine(({ org_id, class: one }) => org_id === null || one === "bodies", {
    error: "only received bytes have days per organisation",
    path: ["org_id"],
  })
  .refine(({ class: one, days }) => one !== "audit" || !days || days >= LEAST_AUDIT_DAYS, {
    error: `the audit log is kept for at least ${LEAST_AUDIT_DAYS} days`,
    path: ["days"],
  })
  .refine(({ days, inherit, org_id }) => (days === undefined) !== (inherit === undefined) && (!inherit || org_id), {
    error: 'is a number of days or null, or with org_id "inherit": true',
    path: ["days"],
  });
export type RetentionChange = z.input<typeof changeRetentionRequest>;

const kept = z.object({
  class: retentionClass,
  days: days.nullable(),
  changed_by: z.string().nullable(),
  changed_at: time.nullable(),
  organisations: z.array(z.object({ organisation_id: z.string(), days: days.nullable() })),
  rows: count.nullable().describe("About how many rows there are."),
  bytes: count.nullable().describe("What they take on the disk. `readable` and `events` are one table."),
  oldest: time.nullable(),
  next_at: time.nullable().describe("When the oldest is past its days. Null: never."),
});
export type RetentionOfClass = z.infer<typeof kept>;

export const storedRetention = z.object({
  classes: z.array(kept),
  forgotten: z
    .array(
      z.object({
        class: retentionClass,
        days,
        rows: count,
        file: z.string().nullable().describe("The file that it was exported to."),
        at: time,
      }),
    )
    .nullable()
    .describe("What was deleted, newest first: the last 20 batches."),
  partitions: z
    .object({ count, ahead: count.describe("Partitions of received bytes that are ready and empty.") })
    .nullable(),
  problem: z
    .string()
    .nullable()
    .describe("Why nothing is deleted now: the export could not be written, or the database answered with an error."),
});
export type StoredRetention = z.infer<typeof storedRetention>;

export const retention = storedRetention
  .extend({ exports: z.boolean().describe("Whether RETENTION_EXPORT_DIR is set: what is deleted is exported first.") })
  .describe("Sizes, partitions and what was deleted are null for callers who do not see all organisations.");
export type Retention = z.infer<typeof retention>;
