/**
 * The filter of the event history, in one place: the URL of the page, the query string of `GET /api/webhooks/events` and the
 * SQL predicate all use these names. Unknown names and empty values are dropped; an invalid value is an error that names its
 * field. Printing a filter is in lib/contract/print-filter.ts, which the browser loads without the schema.
 */
import { z } from "zod";
import { deliveryStatus, errorClass, givenEnd, givenTime, list, trustLevel } from "./api/values";
import { filterStatuses } from "./status-words";

/** Postgres text cannot hold a NUL. */
const text = z
  .string()
  .max(255)
  .regex(/^[^\0]*$/, "must not contain a NUL character");

/** The fields, for schemas that pick or extend them. Such a schema must refuse a reversed time with `refuseReversed`. */
export const eventFilterFields = z.object({
  provider_slug: list(z.string().max(40)).optional(),
  status: filterStatuses.optional(),
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
  /** The provider's id of the customer, exactly. */
  customer: text.optional(),
  /** The id of the object that the event is about, exactly. */
  object: text.optional(),
  /** `false` (or `test`): of a provider's test mode. `true` (or `live`): all others. `any`: both, as when left out. */
  livemode: z.preprocess(livemodeIn, z.enum(["true", "false"], "is true, false or left out").optional()).optional(),
  error_class: list(errorClass).optional(),
  /** Free text on the event key. */
  q: text.optional(),
  /** Free text in the payload, as Postgres prints its JSON. The search reads event by event and stops after some seconds. */
  text: text.optional(),
  trust: list(trustLevel).optional(),
  /** The least number of attempts, over all its deliveries. */
  attempts: z.preprocess(numberIn, z.int().min(1).max(1000)).optional(),
  /** `1`: replayed at least once. `0`: never replayed. */
  replayed: z.enum(["0", "1"], "is 1, 0 or left out").optional(),
  /** `1`: other versions of an event, which came under its key with other bytes. `0`: first versions. */
  variant: z.enum(["0", "1"], "is 1, 0 or left out").optional(),
  /** `1`: events of which other versions came. `0`: the others. */
  conflict: z.enum(["0", "1"], "is 1, 0 or left out").optional(),
  /** `1`: suspected replays. `0`: the others. */
  suspected: z.enum(["0", "1"], "is 1, 0 or left out").optional(),
  /** These four are about deliveries, and one delivery has to match all of them. A replay takes only those deliveries. */
  destination: list(
    z
      .string()
      .regex(/^([a-z0-9][a-z0-9-]{0,62}|ds_\d{1,15})$/, "must be the short name of a destination, such as agent-sdk"),
  ).optional(),
  delivery_status: list(deliveryStatus).optional(),
  /** Of the last attempt: one status such as 503, or a whole class such as 5xx. */
  http_status: list(z.string().regex(/^[1-5](\d\d|xx)$/, "must be a status such as 503, or 5xx")).optional(),
  /** The cause, as `GET /api/dead-letters` names it. */
  error_group: list(
    z.string().regex(/^[0-9a-f]{16}$/, "must be a group's 16 digits, as the dead letters name it"),
  ).optional(),
  from_ts: givenTime.optional().describe("Inclusive."),
  to_ts: givenEnd.optional(),
  /** A time range that ends now, instead of from_ts: 15m, 1h, 24h, 7d, 30d. */
  range: z.enum(["15m", "1h", "24h", "7d", "30d"], "is 15m, 1h, 24h, 7d or 30d").optional(),
});

export const eventFilterSchema = eventFilterFields.superRefine(refuseReversed);

function livemodeIn(value: unknown): unknown {
  const words: Record<string, string | undefined> = { true: "true", live: "true", false: "false", test: "false" };
  return value === "any" ? undefined : (words[String(value)] ?? value);
}

function numberIn(value: unknown): unknown {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

/** A time range that ends before it begins would silently show nothing. */
export function refuseReversed(
  { from_ts, to_ts }: { from_ts?: string; to_ts?: string },
  { addIssue }: { addIssue: (issue: { code: "custom"; path: string[]; message: string }) => void },
): void {
  if (!from_ts || !to_ts || Date.parse(from_ts) < Date.parse(to_ts)) return;
  addIssue({ code: "custom", path: ["to_ts"], message: "must be later than from_ts" });
}

export type EventFilter = z.infer<typeof eventFilterSchema>;

const cursor = z.string().regex(/^\d{1,17}\.\d{1,17}$/, "is not valid; start again without it");

export const eventListSchema = eventFilterFields
  .extend({
    limit: z.coerce.number().int().min(1).max(500).default(50),
    /** The next page, older. */
    cursor: cursor.optional(),
    /** The previous page, newer. Takes precedence over `cursor`. */
    after: cursor.optional(),
    /** `1`: the answer also says how many events match. */
    count: z.enum(["1"], "is 1 or left out").optional(),
  })
  .superRefine(refuseReversed);

/** Query parameters as an object: empty values are dropped, a repeated name is a list. */
export function readQuery(params: URLSearchParams): Record<string, string> {
  const query: Record<string, string> = {};
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name).filter(Boolean);
    if (values.length > 0) query[name] = values.join(",");
  }
  return query;
}

/** The same of a page's `searchParams`. */
export function readPageQuery(given: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(given).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return readQuery(new URLSearchParams(entries));
}
