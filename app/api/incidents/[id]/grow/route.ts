import { handle, readJson } from "@/app/api/handle";
import { growIncident } from "@/lib/commands/incidents";
import { growIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Adds what a selection matches now, and says how many that were. */
export const POST = handle("replay_many", async (context) => {
  const id = String(context.params.id);
  await growIncident(id, growIncidentRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
