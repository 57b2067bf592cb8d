/** The received headers that are stored: all but signatures and credentials. */
import type { HeaderPairs, Provider } from "./provider";

export const REDACTED = "[redacted]";

/** Credentials that any sender or proxy may add, for every provider. */
const ALWAYS_SECRET = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "apikey",
  "x-goog-iap-jwt-assertion",
]);

/** Other names that suggest a secret value: `x-hub-signature-256`, `x-amz-security-token`, … */
const SECRET_WORD = /(?:^|[-_])(?:signature|secret|token|password|hmac|api-?key)(?:[-_]|$)/;

/**
 * The headers to store, in the order and case received. Secret values are replaced, and those that repeat one of `tokens`.
 * Values are well-formed text without NUL, which Postgres cannot hold.
 */
export function redactHeaders(
  pairs: HeaderPairs,
  provider?: Pick<Provider, "secretHeaders">,
  tokens: readonly string[] = [],
): [string, string][] {
  return pairs.map(([name, value]) => {
    const hidden = isSecretHeader(name, provider) || tokens.some((token) => value.includes(token));
    return [asText(name), hidden ? REDACTED : asText(value)];
  });
}

export function isSecretHeader(name: string, provider: Pick<Provider, "secretHeaders"> | undefined): boolean {
  const lower = name.toLowerCase();
  return ALWAYS_SECRET.has(lower) || SECRET_WORD.test(lower) || (provider?.secretHeaders.includes(lower) ?? false);
}

function asText(value: string): string {
  return Buffer.from(value, "utf8").toString("utf8").replaceAll("\0", "\ufffd");
}
