/** What failed, in the words of the Globapay runbook: what `failures` says, `onlySpecificFailures` takes. */
import type { ErrorClass } from "./vocabulary";

/** The one word for each class. */
export const FAILURE_LABEL: Record<ErrorClass, string> = {
  timeout: "Connection timeout",
  connection_refused: "Connection refused",
  connection_reset: "Connection reset",
  dns: "DNS resolution failed",
  tls: "SSL handshake failed",
  http_4xx: "HTTP 4xx",
  http_401: "Unauthorized",
  http_422: "HTTP 422",
  http_429: "HTTP 429",
  http_5xx: "HTTP 5xx",
  redirect: "Redirect",
  response_too_large: "Response too large",
  blocked_address: "Blocked address",
  delivery_loop: "Delivery loop",
  invalid_payload: "Invalid payload",
  constraint: "Constraint violation",
  handler_error: "Handler error",
  lease_expired: "Interrupted",
};

/** A word that stands for more classes than its own. */
const WIDER: Readonly<Record<string, readonly ErrorClass[]>> = {
  "HTTP 4xx": ["http_4xx", "http_401", "http_422", "http_429"],
};

export const FAILURE_LABELS = Object.values(FAILURE_LABEL);

/** The known word for a word in any case, or for the name of an error class; the word itself when it is not known. */
export function knownLabel(word: unknown): unknown {
  if (typeof word !== "string") return word;
  if (Object.hasOwn(FAILURE_LABEL, word)) return FAILURE_LABEL[word as ErrorClass];
  return FAILURE_LABELS.find((label) => label.toLowerCase() === word.trim().toLowerCase()) ?? word;
}

/** The error classes that known words stand for. */
export function classesOf(labels: readonly string[]): ErrorClass[] {
  const classes = Object.entries(FAILURE_LABEL) as [ErrorClass, string][];
  const meant = labels.flatMap((label) => WIDER[label] ?? classes.filter(([, l]) => l === label).map(([c]) => c));
  return [...new Set(meant)];
}
