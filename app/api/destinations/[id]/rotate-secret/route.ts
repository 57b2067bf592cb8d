import { handle, readJson } from "@/app/api/handle";
import { rotateSecretRequest } from "@/lib/contract/api/destinations";
import { destinationNumber, rotateSecret } from "@/lib/destinations/manage";
import { findDestination } from "../find-destination";

/** Gives it a new secret, seen in this answer only. The one before it signs, too, while the overlap lasts. */
export const POST = handle("manage", async (context) => {
  const id = destinationNumber(context.params.id);
  const { overlap_hours } = rotateSecretRequest.parse(await readJson(context.request));
  const secret = await rotateSecret(id, overlap_hours, context);
  return { destination: await findDestination(id, context.actor), secret };
});
