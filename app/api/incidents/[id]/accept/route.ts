import { handle, readJson } from "@/app/api/handle";
import { acceptIncidentItems } from "@/lib/commands/incidents";
import { acceptIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Accepts by name that items cannot be brought back. */
export const POST = handle("replay_many", async (context) => {
  const id = String(context.params.id);
  await acceptIncidentItems(id, acceptIncidentRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
