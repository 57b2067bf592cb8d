/** What a provider's door needs and how far it may be trusted, in words. A token is never called a verification. */
import { CircleCheck, CircleMinus, type LucideIcon, TriangleAlert } from "lucide-react";
import type { SourceProvider } from "@/lib/contract/sources";
import type { RejectionReason } from "@/lib/contract/vocabulary";
import { count, plural } from "../format";

export interface SecretState {
  icon: LucideIcon;
  tone: string;
  words: string;
  /** The name of the variable to set, when that is what is missing. */
  missing?: string;
}

/** `2 secrets configured`, `Set SHOPIFY_WEBHOOK_SECRET`. */
export function secretState(provider: SourceProvider): SecretState {
  const { secrets, token_in_url, allows_unsigned, secrets_variable, sources } = provider;
  const noun = token_in_url ? "token" : "secret";
  if (secrets > 0) {
    return { icon: CircleCheck, tone: "text-green", words: `${plural(secrets, noun)} configured` };
  }
  if (allows_unsigned) {
    return { icon: TriangleAlert, tone: "text-amber", words: "Accepts unsigned requests" };
  }
  if (token_in_url && sources.some(({ enabled }) => enabled)) {
    return { icon: CircleMinus, tone: "text-grey", words: "Own URLs only" };
  }
  return { icon: TriangleAlert, tone: "text-amber", words: `Set ${secrets_variable}`, missing: secrets_variable };
}

export const MAY_NOT_SEND = "Viewers cannot send samples. Ask an administrator for the Support role.";

const REJECTION: Record<RejectionReason, string> = {
  unsigned: "no signature",
  bad_signature: "wrong signature",
  stale: "too old",
  malformed: "could not be read",
  too_large: "too large",
  not_configured: "no secret was set",
  wrong_address: "posted to a wrong address",
};

/** Why a request was rejected. A provider that signs nothing can have no wrong signature. */
export function rejectionText(reason: RejectionReason, { token_in_url }: SourceProvider): string {
  if (token_in_url && reason === "bad_signature") return "wrong token";
  if (token_in_url && reason === "unsigned") return "no token";
  return REJECTION[reason] ?? reason;
}

/** `1,204 events, 3 rejected` */
export function trafficText({ events_24h, rejections_24h }: SourceProvider): string {
  return `${plural(events_24h, "event")}, ${count(rejections_24h)} rejected`;
}

/** Troubled first, then those in use, then by name. */
export function inOrder(providers: SourceProvider[]): SourceProvider[] {
  return [...providers].sort((a, b) => rank(a) - rank(b) || a.label.localeCompare(b.label, "en"));
}

function rank(provider: SourceProvider): number {
  const used = provider.events_24h + provider.rejections_24h > 0;
  const missing = secretState(provider).missing !== undefined;
  if (missing && used) return 0;
  if (missing) return 3;
  return provider.last_event || used ? 1 : 2;
}
