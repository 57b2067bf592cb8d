import { handle, readJson } from "@/app/api/handle";
import { closeIncident } from "@/lib/commands/incidents";
import { endIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Closes it, when nothing is left. */
export const POST = handle("replay_many", async (context) => {
  const id = String(context.params.id);
  await closeIncident(id, endIncidentRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
