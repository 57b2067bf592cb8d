/** The runbook's reconciliation of campaigns and leads. */
import { z } from "zod";
import { inOrder, isInOrder } from "./reconciliations";
import { count, givenEnd, givenTime, reconciliationStatus, time } from "./values";

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
