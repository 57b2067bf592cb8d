/** `GET /api/kpis`: the figures that runbook 001 sets targets for, by day or by organisation. */
import { z } from "zod";
import { LONGEST_PERIOD_DAYS } from "../analytics";
import { DEFAULT_DAYS, KPI_DAYS, type KpiPeriod } from "../kpi-period";
import { KPI_TARGETS } from "../kpi-targets";
import { count, givenEnd, givenTime, time } from "./values";

const DAY_MS = 86_400_000;

export const kpisRequest = z
  .object({
    from_ts: givenTime.optional().describe("30 days before to_ts when left out. Read by whole hours."),
    to_ts: givenEnd.optional().describe("Now when left out."),
    by: z.enum(["day", "organisation"], "is day or organisation").default("day"),
    format: z.enum(["json", "csv"], "is json or csv").default("json"),
  })
  .superRefine(({ from_ts, to_ts }, { addIssue }) => {
    if (!from_ts) return;
    const length = (to_ts ? Date.parse(to_ts) : Date.now()) - Date.parse(from_ts);
    const wrong = (message: string) => addIssue({ code: "custom", path: ["from_ts"], message });
    if (length <= 0) wrong("must be earlier than to_ts");
    if (length > LONGEST_PERIOD_DAYS * DAY_MS) wrong(`must be within ${LONGEST_PERIOD_DAYS} days of to_ts`);
  });

/** The address of the page: the last days, or two times. */
export const kpiPageRequest = z
  .strictObject({
    days: z.coerce
      .number()
      .pipe(z.literal([...KPI_DAYS], `is ${KPI_DAYS.join(", ")}`))
      .optional(),
    from_ts: givenTime.optional(),
    to_ts: givenEnd.optional(),
    by: kpisRequest.shape.by,
  })
  .superRefine((asked, context) => {
    if (!asked.from_ts !== !asked.to_ts) {
      context.addIssue({ code: "custom", path: ["to_ts"], message: "and from_ts are given together" });
    }
    for (const issue of kpisRequest.safeParse({ ...asked, days: undefined }).error?.issues ?? []) {
      context.addIssue({ code: "custom", path: issue.path, message: issue.message });
    }
  })
  .transform(({ days = DEFAULT_DAYS, from_ts, to_ts, by }): KpiPeriod => {
    return from_ts && to_ts ? { from_ts, to_ts, by } : { days, by };
  });

const share = z.number().nullable();

const figures = {
  received: count.describe("Requests that became an event."),
  succeeded: count.describe("Events received then that are processed, replayed or resolved now."),
  lost: count.describe("Events received then that are dead now."),
  delivery_success: share.describe("Percent of finished events that succeeded. Target: above 99."),
  attempts: count,
  failed_attempts: count,
  error_rate: share.describe("Percent of delivery attempts that failed."),
  applied: count.describe("Events whose deliveries all succeeded then, without replays."),
  average_processing_ms: share.describe("From receipt until all deliveries of an event had succeeded, on average."),
  replays: count.describe("Replays asked for then that have ended."),
  replayed: count.describe("Items of replays that succeeded."),
  replay_failures: count.describe("Items of replays that failed."),
  replay_success: share.describe("Percent of the items of replays that ran and succeeded. Target: above 95."),
  mean_time_to_replay_seconds: share.describe("From asking for a replay until it ended. Target: below 3600."),
  replayed_per_minute: share.describe("Items per minute of running replays."),
  endpoint_availability: share.describe("Percent of attempts, of those that say something about the endpoint."),
};

export const kpiFigures = z.object(figures);
export type KpiFigures = z.infer<typeof kpiFigures>;

export const kpis = z.object({
  from: time,
  to: time,
  by: z.enum(["day", "organisation"]),
  targets: z.object({
    delivery_success: z.literal(KPI_TARGETS.delivery_success),
    replay_success: z.literal(KPI_TARGETS.replay_success),
    mean_time_to_replay_seconds: z.literal(KPI_TARGETS.mean_time_to_replay_seconds),
  }),
  totals: kpiFigures,
  rows: z
    .array(
      z.object({
        day: z.string().optional().describe("In UTC; with by=day."),
        organisation_id: z.string().optional().describe("With by=organisation: those that received most first."),
        ...figures,
      }),
    )
    .describe("At most 1,000."),
});
export type Kpis = z.infer<typeof kpis>;
