import { handle } from "@/app/api/handle";
import { incidentItemsRequest } from "@/lib/contract/api/incident-items";
import { readQuery } from "@/lib/contract/event-filter";
import { listIncidentItems } from "@/lib/queries/incidents";

/** What it is about, by position. */
export const GET = handle("view", ({ request, params, actor }) =>
  listIncidentItems(String(params.id), incidentItemsRequest.parse(readQuery(new URL(request.url).searchParams)), actor),
);
