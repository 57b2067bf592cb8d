import { handle } from "@/app/api/handle";
import { deleteEventView } from "@/lib/commands/event-views";

/** Deletes a view of whoever asks. */
export const DELETE = handle("view", async (context) => {
  await deleteEventView(String(context.params.id), context);
  return { deleted: true };
});
