/**
 * Requests to a URL that does not exist: answered 404 at once and never redirected, because a sender would follow a redirect
 * to a page and take its 200 for success. Requests that resemble a webhook are kept as rejections.
 */
import { problemBody } from "@/lib/errors";
import { logRefused } from "@/lib/log";
import { findProvider, senders } from "@/lib/providers";
import type { Provider, RawRequest } from "@/lib/providers/provider";
import { REDACTED } from "@/lib/providers/redact";
import { requestIdOf } from "./accept";
import { type Answer, answerWith } from "./answer";
import { recordRejection } from "./reject";

type Stray = Omit<RawRequest, "body">;

/** A sender that is none of our providers. */
export const UNKNOWN_SENDER = "unknown";
/** Signature headers of providers that we do not support. */
const MORE_SIGNATURES = ["webhook-id", "svix-id", "x-hub-signature", "x-hub-signature-256"];
/** Parts of a path that show which endpoint was meant, and that are not secret. */
const WORD =
  /^(?:api|admin|v\d{1,2}|(?:web)?hooks?|callbacks?|events?|in|incoming|inbound|ingest|receive|notify|notifications?|ipn)$/i;
const LONGEST_SHOWN = 200;
const MOST_PARTS = 20;
/** Headers that may be stored: none that could repeat a token of the path. */
const KEPT_HEADERS = new Set(["host", "user-agent", "content-type", "content-length", "accept"]);

/** The answer for a wrong URL. Resolves when the rejection is stored, or after a second; never throws. */
export async function refuseWrongAddress(request: Stray): Promise<Answer> {
  const requestId = requestIdOf(request);
  const sender = senderOf(request);
  const path = shownStrayPath(request.path);
  const facts = { request_id: requestId, method: request.method, path, provider: sender, status: 404 };
  logRefused("wrong_address", { ...facts, decision: "not_found" });
  if (sender) await record(sender, request, path, requestId);
  const problem = {
    status: 404,
    title: "There is nothing at this address.",
    detail: sender ? `Webhooks go to ${rightPath(sender)}.` : "Check it for a missing or extra character.",
  };
  const headers = { "content-type": "application/problem+json" };
  return answerWith(404, JSON.stringify(problemBody(problem, requestId)), requestId, headers);
}

/** Stores a webhook that was sent to a wrong URL. Its body is not read: it may come from anyone, and have any size. */
async function record(sender: string, request: Stray, path: string, requestId: string): Promise<void> {
  const provider: Pick<Provider, "slug" | "secretHeaders"> = findProvider(sender) ?? {
    slug: sender,
    secretHeaders: [],
  };
  const headers = request.headers.filter(([name]) => KEPT_HEADERS.has(name.toLowerCase()));
  const kept: RawRequest = { method: request.method, path, headers, body: Buffer.alloc(0) };
  const detail = `${request.method} ${path}`;
  await recordRejection(provider, kept, { reason: "wrong_address", detail, status: 404, requestId });
}

/** The provider whose webhook this is, "unknown" for one of another provider, undefined when it is not a webhook. */
function senderOf({ method, path, headers }: Stray): string | undefined {
  if (method === "OPTIONS" || method === "HEAD") return undefined;
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const parts = partsOf(path).map((part) => part.toLowerCase());
  const signed = senders.find(({ secretHeaders }) => secretHeaders.some((name) => names.has(name)));
  const named = senders.find(
    ({ slug, methods = ["POST"] }) => parts.includes(slug) && methods.some((one) => one === method),
  );
  if (signed ?? named) return (signed ?? named)?.slug;
  if (method !== "POST") return undefined;
  if (MORE_SIGNATURES.some((name) => names.has(name))) return UNKNOWN_SENDER;
  // An API client or a page that mistypes a path identifies itself.
  const isJson = headers.some(([name, value]) => name.toLowerCase() === "content-type" && /json/i.test(value));
  return isJson && !names.has("authorization") && !names.has("cookie") ? UNKNOWN_SENDER : undefined;
}

/** The path as it may be stored: known words of URLs remain, every other part may be a token. */
function shownStrayPath(path: string): string {
  const shown = partsOf(path).map((part) => (WORD.test(part) || findProvider(part.toLowerCase()) ? part : REDACTED));
  return `/${shown.join("/")}${path.includes("?") ? `?${REDACTED}` : ""}`.slice(0, LONGEST_SHOWN);
}

function partsOf(path: string): string[] {
  const [before = ""] = path.split("?", 1);
  return before.split("/").filter(Boolean).slice(0, MOST_PARTS);
}

function rightPath(sender: string): string {
  if (!findProvider(sender)) return `/api/webhooks/{provider}: ${senders.map(({ slug }) => slug).join(", ")}`;
  return `/api/webhooks/${sender}${findProvider(sender)?.tokenInUrl ? "/{token}" : ""}`;
}
