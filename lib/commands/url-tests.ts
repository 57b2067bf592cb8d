/** A test of any URL, whether a destination has it or not. */
import type { EndpointTest } from "@/lib/contract/destinations";
import { call } from "@/lib/db/client";
import { testEndpoint } from "@/lib/destinations/test-endpoint";
import { checkUrl } from "@/lib/outbound/url";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import type { ActorContext } from "./actor";
import { noteEndpointTest, openedSecrets } from "./destination-tests";

interface UrlTest {
  url: string;
  payload?: unknown;
  merchantId?: string;
  secret?: string;
}

/**
 * Sends a test to any URL, signed with the given secret or with those of the destination that has this URL. Throws a
 * `Refusal` for a blocked one.
 */
export async function testUrl({ url, payload, merchantId, secret }: UrlTest, by: ActorContext): Promise<EndpointTest> {
  const fault = checkUrl(url);
  if (fault) throw new Refusal("bad_url", fault);
  // Without the path: some endpoints have a token in it.
  await noteEndpointTest({ subject: new URL(url).origin, merchantId }, by);
  const secrets = secret ? [secret] : isTest(payload) ? await secretsFor(url, merchantId, by) : [];
  return testEndpoint({ url, payload, secrets });
}

/** A signature proves an event to its receiver, so a stored secret signs nothing but tests: callers write the payload. */
function isTest(payload: unknown): boolean {
  if (payload === undefined) return true;
  const type =
    typeof payload === "object" && payload !== null && "eventType" in payload ? payload.eventType : undefined;
  return type === "webhook.test";
}

/** The secrets of the destination with exactly this URL: a signature goes to no one else. */
async function secretsFor(url: string, merchantId: string | undefined, { actor }: ActorContext): Promise<string[]> {
  const sealed = await call("console", "find_destination_by_url", {
    p_urls: [...new Set([url, new URL(url).href])],
    p_organisation_id: merchantId ?? null,
    ...scopeOf(actor),
  });
  return sealed ? openedSecrets(sealed).secrets : [];
}
