import { handle } from "@/app/api/handle";
import { destinationNumber, steerDestination } from "@/lib/destinations/manage";
import { findDestination } from "../find-destination";

/** Holds what comes for it; resuming releases it in order. */
export const POST = handle("operate", async (context) => {
  const id = destinationNumber(context.params.id);
  await steerDestination(id, "pause", context);
  return findDestination(id, context.actor);
});
