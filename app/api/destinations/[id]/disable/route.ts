import { handle, readJson } from "@/app/api/handle";
import { disableDestinationRequest } from "@/lib/contract/api/destinations";
import { destinationNumber, steerDestination } from "@/lib/destinations/manage";
import { findDestination } from "../find-destination";

/** Sends nothing more there until it is enabled; what comes for it is held. */
export const POST = handle("manage", async (context) => {
  const id = destinationNumber(context.params.id);
  const { because } = disableDestinationRequest.parse(await readJson(context.request));
  await steerDestination(id, "disable", context, because);
  return findDestination(id, context.actor);
});
