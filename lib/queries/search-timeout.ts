/** Searching reads event by event: it is given up after a while. */
import type { EventFilter } from "@/lib/contract/event-filter";
import { DatabaseTooSlow } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";

/** Shorter than the browser's and the database's own patience, so that this answer arrives. */
const SEARCH_MS = 8_000;

/** How long the reading of a filter may take; undefined for as long as any other. */
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
