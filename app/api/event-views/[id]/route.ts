import { handle } from "@/app/api/handle";
import { deleteEventView } from "@/lib/queries/event-views";

/** Deletes a view of whoever asks. */
export const DELETE = handle("view", async ({ actor, params }) => {
  await deleteEventView(String(params.id), actor);
  return { deleted: true };
});
