import { handle, readJson } from "@/app/api/handle";
import { sendSample } from "@/lib/commands/samples";
import { sampleRequest } from "@/lib/contract/api/source-requests";

/** Sends a signed sample through the provider's own endpoint, in local mode. */
export const POST = handle("operate", async (context) => {
  const { provider } = sampleRequest.parse(await readJson(context.request));
  return sendSample(provider, context);
});
