/** The received headers that an endpoint gets with the received bytes. */
import { type HeaderPairs, header, type Provider } from "@/lib/providers/provider";
import { isSecretHeader, REDACTED } from "@/lib/providers/redact";

/** Bytes without their content encoding cannot be read (RFC 9110, 8.4); traces go on (W3C Trace Context, 3.1). */
const ALWAYS = ["content-encoding", "traceparent", "tracestate"];
/** Our own signature has these names. */
const OURS = new Set(["webhook-id", "webhook-timestamp", "webhook-signature"]);
/** A receiver's library would take these for a signature of ours. */
const OF_SIGNATURES = new Set([...OURS, "svix-id", "svix-timestamp"]);

/**
 * What the provider's own headers say: see `Provider.forwardHeaders`. Never a secret. A name that belongs to our signature
 * gets the prefix `x-redrive-original-`. Of a repeated header the first counts.
 */
export function passedOn(received: HeaderPairs, provider: Provider | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  const patterns = [...ALWAYS, ...(provider?.forwardHeaders ?? [])];
  for (const [written] of received) {
    const name = written.toLowerCase();
    if (!patterns.some((pattern) => matches(name, pattern)) || isSecretHeader(name, provider)) continue;
    const value = header({ headers: received }, name);
    if (value !== undefined && value !== REDACTED)
      headers[OF_SIGNATURES.has(name) ? `x-redrive-original-${name}` : name] = value;
  }
  return headers;
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
