import { handle, readJson } from "@/app/api/handle";
import { verifyIncident } from "@/lib/commands/incidents";
import { verifyIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Verifies in the background what is in the target, and asks the providers again. */
export const POST = handle("incident", async (context) => {
  const id = String(context.params.id);
  await verifyIncident(id, verifyIncidentRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
