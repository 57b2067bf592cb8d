import { handle } from "@/app/api/handle";
import { eventListSchema, readQuery } from "@/lib/contract/event-filter";
import { listEvents } from "@/lib/queries/events";

/** The event history, newest first: `GET /api/webhooks/events` of the OutboundEngine runbook. */
export const GET = handle("view", ({ request }) => {
  const { limit, cursor, ...filter } = eventListSchema.parse(readQuery(new URL(request.url).searchParams));
  return listEvents(filter, { limit, cursor });
});
