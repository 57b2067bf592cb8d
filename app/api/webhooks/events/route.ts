import { handle } from "@/app/api/handle";
import { eventListSchema, readQuery } from "@/lib/contract/event-filter";
import { countEvents, listEvents } from "@/lib/queries/events";

/** The event history, newest first: `GET /api/webhooks/events` of the OutboundEngine runbook. */
export const GET = handle("view", async ({ request, actor }) => {
  const { limit, cursor, after, count, ...filter } = eventListSchema.parse(
    readQuery(new URL(request.url).searchParams),
  );
  const [page, total] = await Promise.all([
    listEvents(filter, { limit, cursor, after }, actor),
    count && countEvents(filter, actor),
  ]);
  return { ...page, ...(count && { total }) };
});
