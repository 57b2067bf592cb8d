import { handle, readJson } from "@/app/api/handle";
import { noteEvent } from "@/lib/commands/event-notes";
import { eventNoteRequest } from "@/lib/contract/api/event-notes";
import { listEventNotes } from "@/lib/queries/event-context";
import { Refusal } from "@/lib/refusals";

/** Notes of staff about an event, oldest first. */
export const GET = handle("view", async ({ params, actor }) => {
  const notes = await listEventNotes(String(params.id), actor);
  if (!notes) throw new Refusal("no_such_event");
  return { notes };
});

/** Adds a note. Nothing is delivered. */
export const POST = handle("resolve", async (context) => {
  const { message } = eventNoteRequest.parse(await readJson(context.request));
  return Response.json(await noteEvent(String(context.params.id), message, context), { status: 201 });
});
