import { handle } from "@/app/api/handle";
import { enableDestination } from "@/lib/commands/destinations";
import { destinationNumber, requireDestination } from "@/lib/queries/destinations";

/** Enables a destination that was disabled by a person or by its own failures. */
export const POST = handle("manage", async (context) => {
  const id = destinationNumber(context.params.id);
  await enableDestination(id, context);
  return requireDestination(id, context.actor);
});
