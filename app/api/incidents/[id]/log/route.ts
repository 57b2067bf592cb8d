import { handle } from "@/app/api/handle";
import { incidentLogRequest } from "@/lib/contract/api/incident-items";
import { readQuery } from "@/lib/contract/event-filter";
import { listIncidentLog } from "@/lib/queries/incidents";

/** What happened in it, newest first. */
export const GET = handle("view", ({ request, params, actor }) =>
  listIncidentLog(String(params.id), incidentLogRequest.parse(readQuery(new URL(request.url).searchParams)), actor),
);
