import { handle, readJson } from "@/app/api/handle";
import { testUrl } from "@/lib/commands/url-tests";
import { endpointTestRequest } from "@/lib/contract/api/test-endpoint";

/** Sends a test to a URL: `POST /admin/webhooks/test-endpoint` of the Globapay runbook. */
export const POST = handle("operate", async (context) => {
  const { testPayload: payload, ...asked } = endpointTestRequest.parse(await readJson(context.request));
  return testUrl({ payload, ...asked }, context);
});
