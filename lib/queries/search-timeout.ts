/** Searching reads event by event, so it stops after a while. */
import type { EventFilter } from "@/lib/contract/event-filter";
import { DatabaseTooSlow } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";

/** Less than the limits of the browser and the database, so that this answer arrives. */
const SEARCH_MS = 8_000;

/** How long a filter may take to read; undefined for the usual limit. */
export function searchTimeoutFor({ text }: EventFilter): number | undefined {
  return text === undefined ? undefined : SEARCH_MS;
}

/** Throws a `Refusal` that names `text` or `q` when a search took too long. */
export async function withinSearchTimeout<Result>({ text, q }: EventFilter, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if ((text ?? q) === undefined || !(error instanceof DatabaseTooSlow)) throw error;
    throw new Refusal("search_too_wide", { field: text === undefined ? "q" : "text" });
  }
}
