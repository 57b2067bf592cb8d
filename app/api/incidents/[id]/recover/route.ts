import { handle, readJson } from "@/app/api/handle";
import { recoverIncident } from "@/lib/commands/incidents";
import { recoverIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Recovers it in the background: up to its preview, or to its end, which an administrator may. */
export const POST = handle("incident", async (context) => {
  const id = String(context.params.id);
  await recoverIncident(id, recoverIncidentRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
