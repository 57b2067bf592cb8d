import { handle } from "@/app/api/handle";
import { listAlertsRequest } from "@/lib/contract/api/alerts";
import { readQuery } from "@/lib/contract/event-filter";
import { listAlerts } from "@/lib/queries/alerts";

/** Alerts, newest first; those that fire unless another state is asked for. */
export const GET = handle("view", ({ request, actor }) =>
  listAlerts(listAlertsRequest.parse(readQuery(new URL(request.url).searchParams)), actor),
);
