/** Texts about a sender that posts to an address which does not exist. */

import { PROVIDERS } from "@/lib/contract/providers";
import type { RejectionReason } from "@/lib/contract/vocabulary";
import { count } from "../format";
import { providerName } from "../provider";

export const WRONG_ADDRESS: RejectionReason = "wrong_address";

/** `Stripe posts to a wrong address: POST /webhooks/stripe (12 requests).` */
export function wrongAddressSentence(sender: string, request: string, requests: number): string {
  const who = isKnown(sender) ? providerName(sender) : "An unknown sender";
  return `${who} posts to a wrong address: ${request} (${count(requests)} ${requests === 1 ? "request" : "requests"}).`;
}

export function rightAddressSentence(sender: string, origin = ""): string {
  if (!isKnown(sender)) return "Each provider's correct address is on the Sources page.";
  return `The correct address is ${rightAddress(sender, origin)}. Nothing was stored. Change it in the provider's settings, and its retries are accepted.`;
}

/** Without an origin only the path is shown. */
export function rightAddress(sender: string, origin = ""): string {
  return `${origin || "…"}/api/webhooks/${sender}`;
}

function isKnown(sender: string): boolean {
  return PROVIDERS.some(({ slug, secretsVariable }) => slug === sender && secretsVariable !== null);
}
