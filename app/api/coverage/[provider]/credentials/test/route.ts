import { handle, readJson } from "@/app/api/handle";
import { testApiCredentials } from "@/lib/commands/api-credentials";
import { testCredentialsRequest } from "@/lib/contract/api/source-api";

/** Asks the provider with the stored keys, or with those of the body. A key that does not work is an answer, too. */
export const POST = handle("manage", async (context) => {
  const asked = testCredentialsRequest.parse(await readJson(context.request));
  return testApiCredentials({ provider_slug: String(context.params.provider), ...asked }, context);
});
