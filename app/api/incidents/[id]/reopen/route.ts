import { handle, readJson } from "@/app/api/handle";
import { reopenIncident } from "@/lib/commands/incidents";
import { endIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Opens a closed incident again. */
export const POST = handle("incident", async (context) => {
  const id = String(context.params.id);
  await reopenIncident(id, endIncidentRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
