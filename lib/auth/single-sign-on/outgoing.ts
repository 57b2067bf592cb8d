/** Requests to the identity provider, through the guarded way out: addresses checked and pinned, no redirects, bounded. */
import { post } from "@/lib/destinations/http";
import { environment } from "@/lib/env";
import { SignInRefused } from "./refused";

const TIMEOUT_MS = 10_000;
/** Discovery documents and key sets have a few kilobytes. */
const MOST_BYTES = 512 * 1024;
/** The operator has named the issuer's host, which may stand in the own network. */
const ANYWHERE = "0.0.0.0/0,::/0";

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
    const isIssuer = new URL(url).host === host;
    const answer = await post({
      method: method === "POST" ? "POST" : "GET",
      url,
      headers,
      body: Buffer.from(body === undefined || body === null ? "" : String(body)),
      timeoutMs: TIMEOUT_MS,
      allowedNetworks: isIssuer ? ANYWHERE : environment().EGRESS_ALLOW_PRIVATE,
      mostBytes: MOST_BYTES,
    });
    if (answer.status === undefined || answer.status < 200) {
      const reason = answer.failure?.class === "blocked_address" ? "misconfigured" : "provider_down";
      throw new SignInRefused(reason, answer.failure?.message ?? "The provider did not answer.");
    }
    if (answer.truncated)
      throw new SignInRefused("provider_error", `The provider answered more than ${MOST_BYTES} bytes.`);
    const kept = (answer.headers ?? []).filter(([name]) =>
      /^(content-type|www-authenticate|cache-control)$/i.test(name),
    );
    const hasBody = ![204, 205, 304].includes(answer.status);
    return new Response(hasBody ? new Uint8Array(answer.body ?? []) : null, { status: answer.status, headers: kept });
  };
}
