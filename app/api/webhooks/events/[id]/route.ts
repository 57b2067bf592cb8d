import { handle } from "@/app/api/handle";
import { getEvent } from "@/lib/queries/events";
import { Refusal } from "@/lib/refusals";

/** One event with its deliveries, attempts and replays. */
export const GET = handle("view", async ({ params, actor }) => {
  const event = await getEvent(String(params.id), actor);
  if (!event) throw new Refusal("no_such_event");
  return event;
});
