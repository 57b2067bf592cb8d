/** Signs outgoing requests as Standard Webhooks: a receiver can verify them with any of its libraries. */
import { createHmac } from "node:crypto";

/**
 * The three headers of the specification. `id` is the same on every retry and replay. Each has a new signature, so that its
 * time is fresh. `secrets` are `whsec_` and base64; during a rotation both sign. Source: standardwebhooks.com.
 */
export function signatureHeaders(
  id: string,
  body: Buffer,
  secrets: readonly string[],
  now: number = Math.floor(Date.now() / 1000),
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${now}.`).update(body).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(now),
    ...(signatures.length > 0 ? { "webhook-signature": signatures.join(" ") } : {}),
  };
}
