/** The JSON of what stands around the history's table. Times are ISO 8601 in UTC. */

/** What became of the events of one step of time. */
export interface HistogramBucket {
  /** Start of the step. */
  at: string;
  /** Delivered, automatically or by a replay. */
  processed: number;
  /** Received, or being delivered. */
  waiting: number;
  failing: number;
  dead: number;
  /** Resolved by a user, or ignored. */
  other: number;
}

export type HistogramOutcome = Exclude<keyof HistogramBucket, "at">;

export interface EventHistogram {
  from: string;
  to: string;
  bucket_seconds: number;
  /** Every step of the time, without gaps. */
  buckets: HistogramBucket[];
  /** More match than are counted: only the newest are, back to `counted_from`. */
  capped: boolean;
  counted_from: string | null;
}

export interface EventTypeCount {
  provider_slug: string;
  event_type: string;
  count: number;
}

/** A filter that a person gave a name. */
export interface EventView {
  /** `ev_` and its number. */
  id: string;
  name: string;
  /** As the history's address has it, without the question mark. */
  query: string;
  created_at: string;
}
