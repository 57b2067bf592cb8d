import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { IncidentPage } from "@/components/incidents/incident-page";
import { type IncidentView, VIEWS } from "@/components/incidents/view-tabs";
import { requireStaff } from "@/lib/auth/authorise";
import { INCIDENT_ITEMS_PER_PAGE } from "@/lib/client/incidents";
import { incidentItemsQuery, incidentQuery } from "@/lib/client/queries/incidents";
import { makeQueryClient } from "@/lib/client/query-client";
import { incidentItemsRequest } from "@/lib/contract/api/incident-items";
import { readPageQuery } from "@/lib/contract/event-filter";
import { listIncidentItems, requireIncident } from "@/lib/queries/incidents";
import { isRefusal } from "@/lib/refusals";
import { rightsOf } from "../rights";

export async function generateMetadata({ params }: PageProps<"/incidents/[id]">): Promise<Metadata> {
  return { title: `Incident ${(await params).id}` };
}

export default async function IncidentDetailPage({ params, searchParams }: PageProps<"/incidents/[id]">) {
  const actor = await requireStaff("view");
  const incident = await requireIncident((await params).id, actor).catch((error) => {
    if (isRefusal(error, "no_such_incident")) notFound();
    throw error;
  });
  const { view: asked, ...rest } = await searchParams;
  const view: IncidentView = VIEWS.find((one) => one === asked) ?? "recovery";
  // An unknown filter shows everything, and the chips say so.
  const read = incidentItemsRequest.pick({ state: true, cause: true, org_id: true }).safeParse(readPageQuery(rest));
  const filter = read.success ? read.data : {};
  const client = makeQueryClient();
  client.setQueryData(incidentQuery(incident.id).queryKey, incident);
  const items = () => listIncidentItems(incident.id, { ...filter, limit: INCIDENT_ITEMS_PER_PAGE }, actor);
  const [rights] = await Promise.all([
    rightsOf(actor),
    view === "items" && client.fetchInfiniteQuery({ ...incidentItemsQuery(incident.id, filter), queryFn: items }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <IncidentPage key={incident.id} id={incident.id} {...{ view, filter, rights }} />
    </HydrationBoundary>
  );
}
