import { handle, readJson } from "@/app/api/handle";
import { sampleRequest } from "@/lib/contract/api/sources";
import { sendSample } from "@/lib/pipeline/sample";

/** Sends a signed sample through the provider's own door, in local mode. */
export const POST = handle("operate", async (context) => {
  const { provider } = sampleRequest.parse(await readJson(context.request));
  return sendSample(provider, context);
});
