import { handle, readJson } from "@/app/api/handle";
import { decideRequest } from "@/lib/commands/incident-requests";
import { decideIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** Approves or declines what was asked for. What is approved is done at once, in the caller's name. */
export const POST = handle("replay_many", async (context) => {
  const { id, request } = context.params;
  await decideRequest(
    String(id),
    String(request),
    decideIncidentRequest.parse(await readJson(context.request)),
    context,
  );
  return requireIncident(String(id), context.actor);
});
