import { handle } from "@/app/api/handle";
import { listRelatedEvents } from "@/lib/queries/event-context";
import { noSuchEvent } from "../../no-such-event";

/** The events around this one that concern the same thing. */
export const GET = handle("view", async ({ params, actor }) => {
  const related = await listRelatedEvents(String(params.id), actor);
  if (!related) throw noSuchEvent();
  return related;
});
