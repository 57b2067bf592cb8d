/** The types of the history's histogram, event types and saved views, without their schemas. */
import type { HistogramBucket } from "./api/history";

export type { EventHistogram, EventTypeCount, EventView, HistogramBucket } from "./api/history";

export type HistogramOutcome = Exclude<keyof HistogramBucket, "at">;
