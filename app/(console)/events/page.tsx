import type { Metadata } from "next";
import { historyAddress } from "@/components/events/address";
import { EventHistory } from "@/components/events/event-history";
import { FilterBar } from "@/components/events/filter-bar";
import { SearchTooWide } from "@/components/events/search-too-wide";
import { WrongFilter } from "@/components/events/wrong-filter";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { eventListSchema, readQuery } from "@/lib/contract/event-filter";
import { Problem, type ProblemInit } from "@/lib/errors";
import { readDestinationNames } from "@/lib/queries/destination-names";
import { listEvents } from "@/lib/queries/events";

export const metadata: Metadata = { title: "Events" };

export default async function EventsPage({ searchParams }: PageProps<"/events">) {
  const actor = await requireStaff("view");
  const entries = Object.entries(await searchParams).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  const query = eventListSchema.safeParse(readQuery(new URLSearchParams(entries)));
  if (!query.success) {
    const issue = query.error.issues[0];
    return <WrongFilter field={issue?.path[0]?.toString() ?? "The address"} problem={issue?.message ?? "is wrong"} />;
  }
  const { limit, cursor, ...filter } = query.data;
  const [names, initial] = await Promise.all([
    readDestinationNames(),
    listEvents(filter, { limit, cursor }).catch(refusedSearch),
  ]);
  const rights = { mayReplay: mayActor(actor, "replay"), mayReplayMany: mayActor(actor, "replay_many") };
  return (
    <>
      <FilterBar filter={filter} names={names} />
      {"refusal" in initial ? (
        <SearchTooWide {...initial.refusal} />
      ) : (
        <EventHistory key={historyAddress({ ...filter, cursor })} {...{ filter, cursor, limit, initial, rights }} />
      )}
    </>
  );
}

/** A search that was given up leaves the filter on the page, so that it can be narrowed. */
function refusedSearch(error: unknown): { refusal: ProblemInit } {
  if (error instanceof Problem && error.init.field === "text") return { refusal: error.init };
  throw error;
}
