/** Why requests were rejected, what came in, and the order of the providers. */
import { REJECTION } from "@/lib/contract/rejections";
import type { SourceProvider } from "@/lib/contract/sources";
import type { RejectionReason } from "@/lib/contract/vocabulary";
import { secretState } from "../endpoints/secret-state";
import { count, plural } from "../format";

/** Why a request was rejected. A provider that signs nothing can have no wrong signature. */
export function rejectionText(reason: RejectionReason, { token_in_url }: SourceProvider): string {
  const { label, tokenLabel } = REJECTION[reason];
  return token_in_url ? (tokenLabel ?? label) : label;
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
