import { handle } from "@/app/api/handle";
import { createSample } from "@/lib/commands/destination-tests";
import { destinationNumber } from "@/lib/queries/destinations";

/** Publishes a `webhook.test` event for exactly this destination: a real one, delivered and seen in the history. */
export const POST = handle("operate", async (context) =>
  Response.json(await createSample(destinationNumber(context.params.id), context), { status: 202 }),
);
