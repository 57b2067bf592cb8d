import { handle, readJson } from "@/app/api/handle";
import { repairConfiguration } from "@/lib/commands/ask-provider";
import { repairRequest } from "@/lib/contract/api/source-api";

/** Repairs one problem at the provider, and answers the configuration as it is then. */
export const POST = handle("manage", async (context) => {
  const asked = repairRequest.parse(await readJson(context.request));
  return repairConfiguration({ provider_slug: String(context.params.provider), ...asked }, context);
});
