import { handle } from "@/app/api/handle";
import { testDestination } from "@/lib/commands/destination-tests";
import { destinationNumber } from "@/lib/queries/destinations";

/** Sends a signed `webhook.test` as it would be delivered, and reports each step. No event is stored. */
export const POST = handle("operate", async (context) =>
  testDestination(destinationNumber(context.params.id), context),
);
