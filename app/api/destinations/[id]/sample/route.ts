import { handle } from "@/app/api/handle";
import { destinationNumber } from "@/lib/destinations/manage";
import { publishSample } from "@/lib/pipeline/publish";

/** Publishes a `webhook.test` event for exactly this destination: a real one, delivered and seen in the history. */
export const POST = handle("operate", async (context) =>
  Response.json(await publishSample(destinationNumber(context.params.id), context), { status: 202 }),
);
