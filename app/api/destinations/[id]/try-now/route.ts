import { handle, readJson } from "@/app/api/handle";
import { tryNowRequest } from "@/lib/contract/api/destinations";
import { destinationNumber, tryDestinationNow } from "@/lib/destinations/manage";
import { wakeWorker } from "@/lib/pipeline/wake-worker";
import { findDestination } from "../find-destination";

/** Lets the next waiting delivery of an open circuit out at once; when it succeeds, the others follow. */
export const POST = handle("operate", async (context) => {
  const id = destinationNumber(context.params.id);
  const { all } = tryNowRequest.parse(await readJson(context.request));
  await tryDestinationNow(id, all, context);
  wakeWorker();
  return findDestination(id, context.actor);
});
