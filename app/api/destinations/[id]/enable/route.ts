import { handle } from "@/app/api/handle";
import { destinationNumber, steerDestination } from "@/lib/destinations/manage";
import { findDestination } from "../find-destination";

/** Takes up again what was disabled by a person or by its own failures. */
export const POST = handle("manage", async (context) => {
  const id = destinationNumber(context.params.id);
  await steerDestination(id, "enable", context);
  return findDestination(id, context.actor);
});
