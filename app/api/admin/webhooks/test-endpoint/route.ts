import { handle, readJson } from "@/app/api/handle";
import { endpointTestRequest } from "@/lib/contract/api/test-endpoint";
import { checkUrl } from "@/lib/destinations/policy";
import { testEndpoint } from "@/lib/destinations/test-endpoint";
import { noteEndpointTest } from "@/lib/destinations/test-limit";
import { Problem } from "@/lib/errors";

/** Sends a test to a URL: `POST /admin/webhooks/test-endpoint` of the Globapay runbook. */
export const POST = handle("operate", async ({ request, actor, requestId }) => {
  const { url, testPayload, merchantId } = endpointTestRequest.parse(await readJson(request));
  const problem = checkUrl(url);
  if (problem) throw new Problem({ status: 400, field: "url", ...problem });
  // Without its path: some endpoints carry a token there.
  await noteEndpointTest({ actor, requestId, subject: new URL(url).origin, merchantId });
  return testEndpoint({ url, payload: testPayload });
});
