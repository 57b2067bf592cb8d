import { handle, readJson } from "@/app/api/handle";
import { assignEvent } from "@/lib/commands/event-notes";
import { assignEventRequest } from "@/lib/contract/api/event-notes";

/** Assigns an event to a member of the staff who may see it, or to no one. */
export const PUT = handle("resolve", async (context) => {
  const { assignee } = assignEventRequest.parse(await readJson(context.request));
  return { assignee: await assignEvent(String(context.params.id), assignee, context) };
});
