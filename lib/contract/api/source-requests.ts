/** What may be asked of sources. */
import { z } from "zod";
import { providerSlug } from "./values";

const name = z.string().trim().min(1, "is the name that users see").max(120);

/** Empty means none. */
const owner = z
  .string()
  .trim()
  .max(255)
  .nullable()
  .transform((value) => value || null);

export const maxPerMinute = z
  .int()
  .min(1)
  .max(1_000_000)
  .nullable()
  .describe("How many events it may bring per minute; others are answered 429. Null: no limit.");

const settings = z.record(z.string().max(60), z.string().trim().max(500));

/** `POST /api/sources` */
export const createSourceRequest = z.strictObject({
  provider: providerSlug,
  name,
  organisation_id: owner.optional().describe("The organisation of its events, whatever the events say."),
  company_id: owner.optional(),
  settings: settings.optional().describe("As the provider's `settings` name them."),
  max_per_minute: maxPerMinute.optional(),
});

/** `PATCH /api/sources/{id}` */
export const updateSourceRequest = z.strictObject({
  name: name.optional(),
  organisation_id: owner.optional(),
  company_id: owner.optional(),
  settings: settings.optional().describe("All settings. A setting that is left out is removed."),
  max_per_minute: maxPerMinute.optional(),
  enabled: z.boolean().optional().describe("False rejects requests with 401, within 5 seconds."),
});

/** `POST /api/sources/{id}/rotate` */
export const rotateSourceRequest = z.strictObject({
  overlap_hours: z
    .number()
    .min(0)
    .max(168)
    .default(24)
    .describe("How long the previous URL keeps working. 0 ends it now."),
});

/** `POST /api/sources/sample` */
export const sampleRequest = z.strictObject({ provider: providerSlug });
