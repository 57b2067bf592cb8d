import { handle } from "@/app/api/handle";
import { pauseDestination } from "@/lib/commands/destinations";
import { destinationNumber, requireDestination } from "@/lib/queries/destinations";

/** Holds its deliveries. Resuming releases them in order. */
export const POST = handle("operate", async (context) => {
  const id = destinationNumber(context.params.id);
  await pauseDestination(id, context);
  return requireDestination(id, context.actor);
});
