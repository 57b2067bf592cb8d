import { handle } from "@/app/api/handle";
import { resumeDestination } from "@/lib/commands/destinations";
import { destinationNumber, requireDestination } from "@/lib/queries/destinations";

/** Releases what was held, in order and at its rate. */
export const POST = handle("operate", async (context) => {
  const id = destinationNumber(context.params.id);
  await resumeDestination(id, context);
  return requireDestination(id, context.actor);
});
