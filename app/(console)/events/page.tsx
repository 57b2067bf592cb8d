import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { describeBusy, problemOf } from "@/app/api/problems";
import { EventHistory } from "@/components/event-list/event-history";
import { FilterBar } from "@/components/event-list/filter-bar";
import { Histogram } from "@/components/event-list/histogram";
import { PreferencesProvider } from "@/components/event-list/preferences-context";
import { SearchTooWide } from "@/components/event-list/search-too-wide";
import { PREFERENCES_COOKIE } from "@/components/event-list/table-preferences";
import { isFiltered } from "@/components/filters/event-filter-text";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { historyAddress } from "@/components/links";
import { requireStaff } from "@/lib/auth/authorise";
import type { Person } from "@/lib/auth/session";
import { sendCommand } from "@/lib/boot/send-command";
import { eventListQuery } from "@/lib/client/queries/events";
import { makeQueryClient } from "@/lib/client/query-client";
import { type EventFilter, eventListSchema, readPageQuery } from "@/lib/contract/event-filter";
import { DatabaseBusy } from "@/lib/db/client";
import type { ProblemInit } from "@/lib/errors";
import { readDestinationNames } from "@/lib/queries/destination-names";
import { type EventPageRequest, listEvents } from "@/lib/queries/events";
import { isRefusal } from "@/lib/refusals";
import { replayPermissions } from "../permissions";

export const metadata: Metadata = { title: "Events" };

export default async function EventsPage({ searchParams }: PageProps<"/events">) {
  const actor = await requireStaff("view");
  const query = eventListSchema.safeParse(readPageQuery(await searchParams));
  if (!query.success) {
    const issue = query.error.issues[0];
    return <InvalidFilter field={issue?.path[0]?.toString() ?? "The address"} problem={issue?.message ?? "is wrong"} />;
  }
  const { limit, cursor, after, count: _, ...filter } = query.data;
  return (
    <PreferencesProvider cookie={(await cookies()).get(PREFERENCES_COOKIE)?.value}>
      <NamedFilter filter={filter} actor={actor} />
      <FoundEvents {...{ filter, page: { limit, cursor, after }, actor }} />
    </PreferencesProvider>
  );
}

async function NamedFilter({ filter, actor }: { filter: EventFilter; actor: Person }) {
  return <FilterBar filter={filter} names={await readDestinationNames(actor)} />;
}

/** The events that the filter finds. Streamed after the filter, which the browser draws while the database reads. */
async function FoundEvents({ filter, page, actor }: { filter: EventFilter; page: EventPageRequest; actor: Person }) {
  const { cursor, after } = page;
  const client = makeQueryClient();
  const queryFn = () => listEvents(filter, page, actor);
  const initial = await client.fetchQuery({ ...eventListQuery({ ...filter, ...page }), queryFn }).catch(refusedSearch);
  if ("refusal" in initial) return <SearchTooWide {...initial.refusal} />;
  // Nothing newer than this page: it is part of the newest page, which updates itself.
  if (after && initial.previous_cursor === null) redirect(historyAddress(filter));
  const isFirstRun = initial.events.length === 0 && !cursor && !isFiltered(filter);
  const rights = replayPermissions(actor);
  return (
    <>
      {filter.text === undefined && !isFirstRun && <Histogram filter={filter} />}
      <HydrationBoundary state={dehydrate(client)}>
        <EventHistory
          key={historyAddress({ ...filter, cursor, after })}
          {...{ filter, ...page, rights }}
          sendCommand={sendCommand()}
        />
      </HydrationBoundary>
    </>
  );
}

/** After an abandoned or delayed search the filter stays on the page, so that it can be narrowed. */
function refusedSearch(error: unknown): { refusal: ProblemInit } {
  if (error instanceof DatabaseBusy) return { refusal: describeBusy(error) };
  if (isRefusal(error, "search_too_wide") && error.data.field === "text") return { refusal: problemOf(error) };
  throw error;
}
