import { handle, readJson } from "@/app/api/handle";
import { rotateDestinationSecret } from "@/lib/commands/destinations";
import { rotateSecretRequest } from "@/lib/contract/api/destination-requests";
import { destinationNumber, requireDestination } from "@/lib/queries/destinations";

/** Gives it a new secret, shown in this answer only. The old secret also signs until the overlap ends. */
export const POST = handle("manage", async (context) => {
  const id = destinationNumber(context.params.id);
  const { overlap_hours } = rotateSecretRequest.parse(await readJson(context.request));
  const secret = await rotateDestinationSecret(id, overlap_hours, context);
  return { destination: await requireDestination(id, context.actor), secret };
});
