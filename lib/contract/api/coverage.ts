/** What reconciliation covers: each source, its schedule, and what it found last. */
import { z } from "zod";
import { credentialState, givenSource } from "./source-api";
import { count, coverageKind, findingKind, reconciliationStatus, reconciliationTrigger, time } from "./values";

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
