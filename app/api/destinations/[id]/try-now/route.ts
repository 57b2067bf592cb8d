import { handle, readJson } from "@/app/api/handle";
import { tryDestinationNow } from "@/lib/commands/destination-tests";
import { tryNowRequest } from "@/lib/contract/api/destination-requests";
import { destinationNumber, requireDestination } from "@/lib/queries/destinations";

/** Sends the next waiting delivery through an open circuit at once. When it succeeds, the others follow. */
export const POST = handle("operate", async (context) => {
  const id = destinationNumber(context.params.id);
  const { all } = tryNowRequest.parse(await readJson(context.request));
  await tryDestinationNow(id, all, context);
  return requireDestination(id, context.actor);
});
