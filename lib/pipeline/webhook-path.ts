/** The addresses of the door. A token in one is a secret: only `parseWebhookPath` reads it, and everything that is kept says `shownPath`. */
import { findProvider } from "@/lib/providers";
import { REDACTED } from "@/lib/providers/redact";

export interface WebhookPath {
  /** Of the provider, or of nobody we know. */
  slug: string;
  /** The secret part of a source's own URL, decoded. */
  token?: string;
}

/** Which door a path leads to. Trailing and double slashes are forgiven. The slug is empty when it is no door at all. */
export function parseWebhookPath(path: string): WebhookPath {
  const { slug = "", token } = partsOf(path);
  return token === undefined ? { slug } : { slug, token: decoded(token) };
}

/** The provider a path leads to, when it is one of our webhook doors. */
export function webhookRoute(path: string): string | undefined {
  const { slug } = parseWebhookPath(path);
  return findProvider(slug) ? slug : undefined;
}

/** The path as it may be kept and shown: without what is in the query, and without the token. */
export function shownPath(path: string): string {
  const [before = "", ...query] = path.split("?");
  const { slug, token } = partsOf(path);
  const shown = token === undefined ? before : `/api/webhooks/${slug}/${REDACTED}`;
  return query.length > 0 ? `${shown}?${REDACTED}` : shown;
}

/** Shorter ones are nobody's secret, and would hide half of what they are looked for in. */
const SHORTEST_TOKEN = 8;

/** How a path's token may be written elsewhere in its request: a proxy repeats the URL in headers of its own. */
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
