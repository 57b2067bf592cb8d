import { handle, readJson } from "@/app/api/handle";
import { openAlertIncident } from "@/lib/commands/alerts";
import { alertIncidentRequest } from "@/lib/contract/api/alerts";
import { requireIncident } from "@/lib/queries/incidents";

/** Opens an incident about what the alert is about, and links the two. */
export const POST = handle("incident", async (context) => {
  const asked = alertIncidentRequest.parse(await readJson(context.request));
  const id = await openAlertIncident(String(context.params.id), asked, context);
  return Response.json(await requireIncident(id, context.actor), { status: 201 });
});
