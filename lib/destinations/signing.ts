/** Signs what we send, the Standard Webhooks way: any receiver can verify it with a library of theirs. */
import { createHmac } from "node:crypto";

/**
 * The three headers of the specification. `id` stays the same on every retry and replay; the signature is made anew, so
 * its time is fresh. `secrets` are `whsec_` and base64; during a rotation both sign. Source: standardwebhooks.com.
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
