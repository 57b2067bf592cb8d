/** Searching payloads reads event by event: it is given up after a while, and says what to do then. */
import type { EventFilter } from "@/lib/contract/event-filter";
import { DatabaseTooSlow } from "@/lib/db/client";
import { Problem } from "@/lib/errors";

/** Shorter than the browser's and the database's own patience, so that this answer arrives. */
const SEARCH_MS = 8_000;

/** How long the reading of a filter may take; undefined for as long as any other. */
export function patienceFor({ text }: EventFilter): number | undefined {
  return text === undefined ? undefined : SEARCH_MS;
}

/** Throws a `Problem` that names `text` when a search in payloads took too long. */
export async function withinPatience<Result>({ text }: EventFilter, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (text === undefined || !(error instanceof DatabaseTooSlow)) throw error;
    throw new Problem({
      status: 422,
      title: "Searching the payloads took too long and was given up.",
      detail: "Narrow it to a time range, a provider, a type or an organisation, then search again.",
      field: "text",
    });
  }
}
