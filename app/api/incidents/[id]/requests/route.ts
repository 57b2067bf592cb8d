import { handle, readJson } from "@/app/api/handle";
import { askIncident } from "@/lib/commands/incident-requests";
import { askIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Asks an administrator for what the caller may not do. */
export const POST = handle("incident", async (context) => {
  const id = String(context.params.id);
  await askIncident(id, askIncidentRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
