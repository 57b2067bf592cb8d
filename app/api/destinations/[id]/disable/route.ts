import { handle, readJson } from "@/app/api/handle";
import { disableDestination } from "@/lib/commands/destinations";
import { disableDestinationRequest } from "@/lib/contract/api/destination-requests";
import { destinationNumber, requireDestination } from "@/lib/queries/destinations";

/** Stops sending to it until it is enabled. Its events are held. */
export const POST = handle("manage", async (context) => {
  const id = destinationNumber(context.params.id);
  const { because } = disableDestinationRequest.parse(await readJson(context.request));
  await disableDestination(id, because, context);
  return requireDestination(id, context.actor);
});
