import { handle } from "@/app/api/handle";
import { printId } from "@/lib/contract/ids";
import { destinationNumber, readSealed, testDestination } from "@/lib/destinations/manage";
import { noteEndpointTest } from "@/lib/destinations/test-limit";
import { samplePayload } from "@/lib/pipeline/publish";

/** Sends a signed `webhook.test` as it would be delivered, and tells how far it came. No event is made. */
export const POST = handle("operate", async ({ params, actor, requestId }) => {
  const id = destinationNumber(params.id);
  const sealed = await readSealed(id, actor);
  await noteEndpointTest({ actor, requestId, subject: printId("destination", id) });
  return testDestination(sealed, JSON.parse(samplePayload().toString("utf8")));
});
