/**
 * The URLs of webhook endpoints. A token in a URL is a secret: only `parseWebhookPath` reads it, and whatever is stored or
 * logged uses `shownPath`.
 */
import { findProvider } from "@/lib/providers";
import { REDACTED } from "@/lib/providers/redact";

export interface WebhookPath {
  /** Of the provider, which may be unknown. */
  slug: string;
  /** The secret token in the URL of a source, decoded. */
  token?: string;
}

/**
 * The endpoint a path leads to. Trailing and double slashes are ignored. The slug is empty when it is not a webhook
 * endpoint.
 */
export function parseWebhookPath(path: string): WebhookPath {
  const { slug = "", token } = partsOf(path);
  return token === undefined ? { slug } : { slug, token: decoded(token) };
}

/** The provider a path leads to, when it is one of our webhook endpoints. */
export function webhookRoute(path: string): string | undefined {
  const { slug } = parseWebhookPath(path);
  return findProvider(slug) ? slug : undefined;
}

/** The path for storing and showing: without the query, and without the token. */
export function shownPath(path: string): string {
  const [before = "", ...query] = path.split("?");
  const { slug, token } = partsOf(path);
  const shown = token === undefined ? before : `/api/webhooks/${slug}/${REDACTED}`;
  return query.length > 0 ? `${shown}?${REDACTED}` : shown;
}

/** Shorter tokens would match, and so mask, unrelated text. */
const SHORTEST_TOKEN = 8;

/**
 * The ways in which a path's token may be written elsewhere in its request: a proxy repeats the URL in headers of its own.
 */
export function spellingsOfToken(path: string): string[] {
  const { token } = partsOf(path);
  return [...new Set(token === undefined ? [] : [token, decoded(token)])].filter((one) => one.length >= SHORTEST_TOKEN);
}

function partsOf(path: string): { slug?: string; token?: string } {
  const [before = ""] = path.split("?", 1);
  const clean = before.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  const own = /^\/api\/webhooks\/([^/]+)(?:\/([^/]+))?$/.exec(clean);
  if (own) return { slug: own[1], token: own[2] };
  return { slug: /^\/api\/(stripe|telnyx)\/webhook$/.exec(clean)?.[1] };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
