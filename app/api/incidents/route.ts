import { handle, readJson } from "@/app/api/handle";
import { openIncident } from "@/lib/commands/incidents";
import { listIncidentsRequest, openIncidentRequest } from "@/lib/contract/api/incident-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { listIncidents, requireIncident } from "@/lib/queries/incidents";

/** Incidents, newest first. */
export const GET = handle("view", ({ request, actor }) =>
  listIncidents(listIncidentsRequest.parse(readQuery(new URL(request.url).searchParams)), actor),
);

/** Opens an incident: from now on it is about exactly what it matched. */
export const POST = handle("incident", async (context) => {
  const id = await openIncident(openIncidentRequest.parse(await readJson(context.request)), context);
  return Response.json(await requireIncident(id, context.actor), { status: 201 });
});
