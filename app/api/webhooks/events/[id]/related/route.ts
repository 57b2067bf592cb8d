import { handle } from "@/app/api/handle";
import { listRelatedEvents } from "@/lib/queries/event-context";
import { Refusal } from "@/lib/refusals";

/** The events around this one that concern the same thing. */
export const GET = handle("view", async ({ params, actor }) => {
  const related = await listRelatedEvents(String(params.id), actor);
  if (!related) throw new Refusal("no_such_event");
  return related;
});
