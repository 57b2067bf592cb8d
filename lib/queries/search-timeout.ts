/** Searching reads event by event: it is given up after a while, and says what to do then. */
import type { EventFilter } from "@/lib/contract/event-filter";
import { type DatabaseBusy, DatabaseTooSlow } from "@/lib/db/client";
import { Problem, type ProblemInit } from "@/lib/errors";

/** Shorter than the browser's and the database's own patience, so that this answer arrives. */
const SEARCH_MS = 8_000;

/** How long the reading of a filter may take; undefined for as long as any other. */
export function searchTimeoutFor({ text }: EventFilter): number | undefined {
  return text === undefined ? undefined : SEARCH_MS;
}

/** Throws a `Problem` that names `text` or `q` when a search took too long. */
export async function withinSearchTimeout<Result>({ text, q }: EventFilter, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if ((text ?? q) === undefined || !(error instanceof DatabaseTooSlow)) throw error;
    throw new Problem({
      status: 422,
      title: `Searching the ${text === undefined ? "keys" : "payloads"} took too long and was stopped.`,
      detail: "Narrow it to a time range, a provider, a type or an organisation, then search again.",
      field: text === undefined ? "q" : "text",
    });
  }
}

/** What a caller hears who has no turn: too many long reads of their own, or of everybody together. */
export function describeBusy({ by }: DatabaseBusy): ProblemInit {
  const detail = "Searches and other long reads are limited. Wait for the running ones to finish, then try again.";
  const headers = { "retry-after": "5" };
  return by === "person"
    ? { status: 429, title: "You have too many long reads under way.", detail, headers }
    : { status: 503, title: "Too many long reads are under way.", detail, headers };
}
