import { handle } from "@/app/api/handle";
import { destinationNumber, steerDestination } from "@/lib/destinations/manage";
import { findDestination } from "../find-destination";

/** Releases what was held, in order and at its rate. */
export const POST = handle("operate", async (context) => {
  const id = destinationNumber(context.params.id);
  await steerDestination(id, "resume", context);
  return findDestination(id, context.actor);
});
