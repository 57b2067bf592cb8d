import { handle } from "@/app/api/handle";
import { filterOf, merchantEventsRequest } from "@/lib/contract/api/merchant-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { listMerchantEvents } from "@/lib/queries/merchant-events";

/** Events with their endpoint and last error: `GET /admin/webhooks/events` of the Globapay runbook. */
export const GET = handle("view", ({ request, actor }) => {
  const { limit, cursor, ...criteria } = merchantEventsRequest.parse(readQuery(new URL(request.url).searchParams));
  return listMerchantEvents(filterOf(criteria), { limit, cursor }, actor);
});
