import { handle, readJson } from "@/app/api/handle";
import { changeIncident } from "@/lib/commands/incidents";
import { changeIncidentRequest } from "@/lib/contract/api/incident-requests";
import { requireIncident } from "@/lib/queries/incidents";

/** One incident with its counts, steps, impact and newest log. */
export const GET = handle("view", ({ params, actor }) => requireIncident(String(params.id), actor));

/** Changes its title, cause, severity or owner. */
export const PATCH = handle("incident", async (context) => {
  const id = String(context.params.id);
  await changeIncident(id, changeIncidentRequest.parse(await readJson(context.request)), context);
  return requireIncident(id, context.actor);
});
