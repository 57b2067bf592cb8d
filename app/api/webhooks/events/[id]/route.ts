import { handle } from "@/app/api/handle";
import { Problem } from "@/lib/errors";
import { getEvent } from "@/lib/queries/events";

/** One event with its deliveries, attempts and replays. */
export const GET = handle("view", async ({ params }) => {
  const event = await getEvent(String(params.id));
  if (!event) throw new Problem({ status: 404, title: "There is no such event.", detail: "Ids look like we_123." });
  return event;
});
