import { handle } from "@/app/api/handle";
import { deleteEventView } from "@/lib/commands/event-views";

/** Deletes a saved view of the caller. */
export const DELETE = handle("view", async (context) => {
  await deleteEventView(String(context.params.id), context);
  return { deleted: true };
});
