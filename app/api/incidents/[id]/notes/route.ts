import { handle, readJson } from "@/app/api/handle";
import { noteIncident } from "@/lib/commands/incidents";
import { noteRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Adds a note to its log. */
export const POST = handle("incident", async (context) => {
  const id = String(context.params.id);
  await noteIncident(id, noteRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
