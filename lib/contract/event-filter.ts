/**
 * The filter of the event history, in one place: the URL of the page, the query string of `GET /api/webhooks/events` and
 * the SQL predicate all read these names. Unknown names and empty values are dropped; a wrong value names its field.
 * Printing it is lib/contract/print-filter.ts, which the browser loads without the schema.
 */
import { z } from "zod";
import { DELIVERY_STATUS, type DeliveryStatus, ERROR_CLASS, type ErrorClass } from "./vocabulary";

const EVENT_STATUSES = [
  "received",
  "processing",
  "processed",
  "failed",
  "dead",
  "replayed",
  "resolved",
  "ignored",
] as const;

/** Words of the runbooks that mean one of our states. `timeout` also sets the error class. */
const RUNBOOK_STATUS: Record<string, string> = { retry_exhausted: "dead" };

const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === "string" ? value.split(",").filter(Boolean) : value), z.array(item));

/** Postgres text holds no NUL. */
const text = z
  .string()
  .max(255)
  .regex(/^[^\0]*$/, "must not contain a NUL character");

const time = z.iso.datetime({ offset: true, error: "must be an ISO 8601 time such as 2026-01-31T09:00:00Z" });

export const eventFilterSchema = z.object({
  provider_slug: list(z.string().max(40)).optional(),
  status: list(z.preprocess((value) => RUNBOOK_STATUS[String(value)] ?? value, z.enum(EVENT_STATUSES))).optional(),
  /** One type, or several with commas between them: a type has dots, never commas. */
  event_type: z
    .preprocess(
      (value) => (Array.isArray(value) ? value.join(",") : value),
      z
        .string()
        .max(4000)
        .regex(/^[^\0]*$/, "must not contain a NUL character"),
    )
    .optional(),
  org_id: text.optional(),
  company_id: text.optional(),
  error_class: list(z.enum(Object.keys(ERROR_CLASS) as [ErrorClass])).optional(),
  /** Events that go to this destination, `ds_12`. A replay of them goes there only. */
  destination: z
    .string()
    .regex(/^ds_\d{1,15}$/, "must be the id of a destination, such as ds_12")
    .optional(),
  /** Events with a delivery of this status: to `destination`, where that is given. */
  delivery_status: list(z.enum(Object.keys(DELIVERY_STATUS) as [DeliveryStatus])).optional(),
  /** Free text on the event key. */
  q: text.optional(),
  from_ts: time.optional(),
  to_ts: time.optional(),
  /** A time range that moves with the clock, instead of from_ts: 15m, 1h, 24h, 7d, 30d. */
  range: z.enum(["15m", "1h", "24h", "7d", "30d"]).optional(),
});

export type EventFilter = z.infer<typeof eventFilterSchema>;

export const eventListSchema = eventFilterSchema.extend({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,17}\.\d{1,17}$/, "is not one of ours; start again without it")
    .optional(),
  /** `1`: the answer also says how many events match. */
  count: z.enum(["1"], "is 1 or left out").optional(),
});

/** Query parameters as an object: empty values are no filter, a repeated name is a list. */
export function readQuery(params: URLSearchParams): Record<string, string> {
  const query: Record<string, string> = {};
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name).filter(Boolean);
    if (values.length > 0) query[name] = values.join(",");
  }
  return query;
}
