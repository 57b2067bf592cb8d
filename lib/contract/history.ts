/** The JSON of what surrounds the history's table, without the schemas that declare it. */
import type { HistogramBucket } from "./api/history";

export type { EventHistogram, EventTypeCount, EventView, HistogramBucket } from "./api/history";

export type HistogramOutcome = Exclude<keyof HistogramBucket, "at">;
