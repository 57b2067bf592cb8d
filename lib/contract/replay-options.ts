/**
 * How a replay runs, with the names of the Globapay runbook. One schema for the API, the console and the stored replay;
 * `completeOptions` fills in every default, so that SQL finds each option.
 */
import { z } from "zod";

const DAY_S = 86_400;

export const replayOptionsSchema = z.strictObject({
  /** Start now. False needs `scheduledAt`. */
  immediate: z.boolean().default(true).describe("Start now. False needs scheduledAt."),
  scheduledAt: z.iso
    .datetime({ offset: true, error: "must be an ISO 8601 time such as 2026-01-31T02:00:00Z" })
    .optional()
    .describe("Start at this time instead, for example off-peak."),
  batchSize: z.number().int().min(1).max(1000).default(100).describe("How many deliveries are handed over at a time."),
  delayBetweenBatches: z.number().int().min(0).max(3600).default(0).describe("Seconds between two batches."),
  maxRetries: z.number().int().min(0).max(10).optional().describe("Retries per delivery; default: the destination's."),
  retryDelaySeconds: z.number().int().min(1).max(DAY_S).optional().describe("First pause before a retry."),
  retryPolicy: z.enum(["exponential_backoff", "fixed", "none"]).optional(),
  retryFailedEvents: z.boolean().default(true).describe("False tries every delivery once."),
  preserveOriginalOrder: z
    .boolean()
    .default(false)
    .describe("Oldest first, strictly one at a time per object; what follows a failure is skipped."),
  notifyOnSuccess: z.boolean().default(false),
  notifyOnFailure: z.boolean().default(false),
  notifyOnCompletion: z.boolean().default(false),
  dryRun: z.boolean().default(false).describe("Answer with the preview and run nothing."),
  canary: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe(
      "Run this many first, and go on only if they succeed. A failure counts, also while it waits for a retry.",
    ),
  stopOnFailureRate: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Stop when more than this share of ended items failed (0.2 is 20 %), from ten items on."),
  ratePerSecond: z.number().positive().max(1000).optional().describe("At most this many deliveries per second."),
  skipAlreadyApplied: z
    .boolean()
    .optional()
    .describe("Skip what was delivered already or is superseded. On by default, except for a single event."),
  destinations: z
    .enum(["original", "current"])
    .default("original")
    .describe("Where the event went when it came, or where today's routing would send it as well."),
});

export type ReplayOptions = z.infer<typeof replayOptionsSchema>;

/** The options with every default, and null for those left out. Throws a ZodError naming the field. */
export function completeOptions(given: unknown, kind: string): Record<string, unknown> {
  const options = replayOptionsSchema.parse(given ?? {});
  if (!options.immediate && !options.scheduledAt) {
    const message = "is needed when immediate is false";
    throw new z.ZodError([{ code: "custom", path: ["scheduledAt"], message, input: given }]);
  }
  const neverRetry = !options.retryFailedEvents || options.retryPolicy === "none";
  return {
    ...options,
    scheduledAt: options.scheduledAt ?? null,
    maxRetries: neverRetry ? 0 : (options.maxRetries ?? null),
    retryDelaySeconds: options.retryDelaySeconds ?? null,
    retryPolicy: options.retryPolicy ?? null,
    stopOnFailureRate: options.stopOnFailureRate ?? null,
    ratePerSecond: options.ratePerSecond ?? null,
    skipAlreadyApplied: options.skipAlreadyApplied ?? kind !== "single",
  };
}
