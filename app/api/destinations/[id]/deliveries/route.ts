import { handle } from "@/app/api/handle";
import { destinationDeliveriesRequest } from "@/lib/contract/api/destinations";
import { readQuery } from "@/lib/contract/event-filter";
import { numberInId } from "@/lib/contract/ids";
import { listDestinationDeliveries } from "@/lib/queries/destinations";
import { findDestination } from "../find-destination";

/** Its newest deliveries. */
export const GET = handle("view", async ({ request, params, actor }) => {
  const page = destinationDeliveriesRequest.parse(readQuery(new URL(request.url).searchParams));
  const { id } = await findDestination(params.id, actor);
  return listDestinationDeliveries(numberInId(id), page, actor);
});
