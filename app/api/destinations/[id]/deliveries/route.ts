import { handle } from "@/app/api/handle";
import { destinationDeliveriesRequest } from "@/lib/contract/api/destination-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { destinationNumber, listDestinationDeliveries, requireDestination } from "@/lib/queries/destinations";

/** Its newest deliveries. */
export const GET = handle("view", async ({ request, params, actor }) => {
  const page = destinationDeliveriesRequest.parse(readQuery(new URL(request.url).searchParams));
  const { id } = await requireDestination(params.id, actor);
  return listDestinationDeliveries(destinationNumber(id), page, actor);
});
