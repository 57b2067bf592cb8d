/**
 * Requests to the identity provider, through the guarded HTTP client: addresses checked and pinned, no redirects, bounded.
 */
import { POLICIES } from "@/lib/outbound/policies";
import { sendRequest } from "@/lib/outbound/request";
import { SignInRefused } from "./refused";

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/**
 * A `fetch` for oauth4webapi. Hosts that only the discovery document names must be public, or in EGRESS_ALLOW_PRIVATE.
 * Throws `SignInRefused` when there is no answer.
 */
export function outgoingTo(issuer: string) {
  const { host } = new URL(issuer);
  return async (url: string, { method, headers = {}, body }: Sent): Promise<Response> => {
    const policy = new URL(url).host === host ? POLICIES.issuer : POLICIES.issuerEndpoint;
    const answer = await sendRequest(policy, {
      method: method === "POST" ? "POST" : "GET",
      url,
      headers,
      body: Buffer.from(body === undefined || body === null ? "" : String(body)),
    });
    if (answer.status === undefined || answer.status < 200) {
      const reason = answer.failure?.class === "blocked_address" ? "misconfigured" : "provider_down";
      throw new SignInRefused(reason, answer.failure?.message ?? "The provider did not answer.");
    }
    if (answer.truncated)
      throw new SignInRefused("provider_error", `The provider answered more than ${policy.keptBytes} bytes.`);
    const kept = (answer.headers ?? []).filter(([name]) =>
      /^(content-type|www-authenticate|cache-control)$/i.test(name),
    );
    const hasBody = ![204, 205, 304].includes(answer.status);
    return new Response(hasBody ? new Uint8Array(answer.body ?? []) : null, { status: answer.status, headers: kept });
  };
}
