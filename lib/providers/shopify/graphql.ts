/**
 * Questions to Shopify's GraphQL Admin API. An answer of status 200 may be an error, a throttled one or one whose filter was
 * not understood: each of these is a failure here, never an empty list.
 * https://shopify.dev/docs/api/admin-graphql, and https://shopify.dev/docs/api/usage/limits for what a question costs.
 */
import { ApiFailure, type ApiSession } from "../api";
import type { Json } from "../provider";
import { at } from "../shape";

/** Supported until July 2027; afterwards Shopify answers in its oldest supported version. */
export const API_VERSION = "2026-07";

/** Connections end here (https://shopify.dev/docs/api/usage/pagination-graphql). */
export const MOST_OBJECTS = 25_000;

/** Thrown for a list that goes on beyond `MOST_OBJECTS`. */
export class TooManyObjects extends Error {}

/** The `data` of the answer. Throws `ApiFailure`. `cost` is in Shopify's points. */
export async function askShopify(
  session: ApiSession,
  question: string,
  variables: Record<string, Json>,
  cost: number,
): Promise<unknown> {
  const { admin_token: token = "" } = session.credentials;
  const { json } = await session.ask({
    method: "POST",
    path: `/admin/api/${API_VERSION}/graphql.json`,
    headers: { "X-Shopify-Access-Token": token },
    json: { query: question, variables },
    secrets: [token],
    cost,
  });
  refuseErrors(json);
  refuseIgnoredFilters(json);
  const data = at(json, "data");
  if (typeof data !== "object" || data === null) throw new ApiFailure("malformed", "Shopify's answer has no data.");
  return data;
}

function refuseErrors(answer: unknown): void {
  const errors = at(answer, "errors");
  if (errors === undefined || errors === null) return;
  const [first] = Array.isArray(errors) ? errors : [errors];
  const message = String(at(first, "message") ?? first).slice(0, 300);
  const code = at(first, "extensions", "code");
  if (code === "THROTTLED" || message === "Throttled") {
    throw new ApiFailure("rate_limited", "Shopify's budget of points is used up.", 200, waitOf(answer));
  }
  if (/25[,.]?000/.test(message)) throw new TooManyObjects(message);
  if (code === "ACCESS_DENIED") {
    throw new ApiFailure("forbidden", `Shopify says: ${message}`, 200);
  }
  if (code === "INTERNAL_SERVER_ERROR" || code === "TIMEOUT") {
    throw new ApiFailure("unavailable", `Shopify says: ${message}`, 200);
  }
  throw new ApiFailure("refused", `Shopify says: ${message}`, 200);
}

/** How long until the question can be afforded, in milliseconds. */
function waitOf(answer: unknown): number {
  const cost = at(answer, "extensions", "cost");
  const [needed, available, rate] = [
    at(cost, "requestedQueryCost"),
    at(cost, "throttleStatus", "currentlyAvailable"),
    at(cost, "throttleStatus", "restoreRate"),
  ].map(Number) as [number, number, number];
  const seconds = (needed - available) / rate;
  return Number.isFinite(seconds) ? Math.max(1_000, Math.ceil(seconds * 1_000)) : 10_000;
}

/** A filter that Shopify does not know is ignored with a warning: the whole list would be taken for the window. */
function refuseIgnoredFilters(answer: unknown): void {
  const searches = at(answer, "extensions", "search");
  if (!Array.isArray(searches)) return;
  const warnings = searches.flatMap((search) => at(search, "warnings") ?? []);
  const ignored = warnings.map((warning) => String(at(warning, "field"))).filter((field) => FILTERS.has(field));
  if (ignored.length > 0) {
    throw new ApiFailure("malformed", `Shopify did not understand the filter ${ignored.join(", ")}.`);
  }
}

const FILTERS: ReadonlySet<string> = new Set(["created_at", "updated_at", "customer_date", "action"]);
