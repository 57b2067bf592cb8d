import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { IncidentFilterBar } from "@/components/incidents/incident-filter-bar";
import { IncidentList } from "@/components/incidents/incident-list";
import { requireStaff } from "@/lib/auth/authorise";
import { incidentListQuery } from "@/lib/client/queries/incidents";
import { makeQueryClient } from "@/lib/client/query-client";
import { listIncidentsRequest } from "@/lib/contract/api/incident-requests";
import { readPageQuery } from "@/lib/contract/event-filter";
import { printIncidentFilter } from "@/lib/contract/incident-filter";
import { listIncidents } from "@/lib/queries/incidents";

export const metadata: Metadata = { title: "Incidents" };

export default async function IncidentsPage({ searchParams }: PageProps<"/incidents">) {
  const actor = await requireStaff("view");
  const query = listIncidentsRequest.safeParse(readPageQuery(await searchParams));
  if (!query.success) {
    const issue = query.error.issues[0];
    return (
      <InvalidFilter
        field={issue?.path[0]?.toString() ?? "The address"}
        problem={issue?.message ?? "is wrong"}
        all={{ href: "/incidents", words: "Show all incidents" }}
      />
    );
  }
  const { limit: _, cursor, ...filter } = query.data;
  const client = makeQueryClient();
  const queryFn = () => listIncidents(query.data, actor);
  await client.fetchQuery({ ...incidentListQuery({ ...filter, cursor }), queryFn });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <IncidentFilterBar filter={filter} />
      <IncidentList key={printIncidentFilter({ ...filter, cursor })} {...{ filter, cursor }} />
    </HydrationBoundary>
  );
}
