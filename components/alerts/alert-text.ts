/** Alerts, silences and rules in sentences. */

import { ALERT_KIND } from "@/lib/contract/alert-kinds";
import type { Silence } from "@/lib/contract/api/alert-silences";
import type { Alert } from "@/lib/contract/api/alerts";
import { providerName } from "../provider";

type About = Pick<Alert, "provider_slug" | "event_type" | "org_id" | "destination">;

/** `Stripe, invoice.paid, org_nord`. Null when it is about everything. */
export function aboutText({ provider_slug, event_type, org_id, destination }: About): string | null {
  const parts = [destination, provider_slug && providerName(provider_slug), event_type, org_id].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : null;
}

const PAGES: readonly [prefix: string, label: string][] = [
  ["/events", "Show events"],
  ["/dead-letters", "Show dead letters"],
  ["/destinations", "Open destination"],
  ["/replays", "Show replays"],
  ["/reconciliation", "Open reconciliation"],
  ["/sources", "Open source"],
  ["/alerts/channels", "Show channels"],
];

/** What the link of an explanation opens. Null when it is no page of the console. */
export function linkOf({ explain }: Pick<Alert, "explain">): { href: string; label: string } | null {
  const page = PAGES.find(([prefix]) => explain.link?.startsWith(prefix));
  if (!explain.link || !page) return explain.link?.startsWith("/") ? { href: explain.link, label: "Show it" } : null;
  return { href: explain.link, label: page[1] };
}

/** What a silence keeps quiet. */
export function silencedText(silence: Silence): string {
  const what = silence.rule ?? (silence.kind ? ALERT_KIND[silence.kind].label : "All alerts");
  const about = aboutText(silence);
  return about ? `${what}: ${about}` : what;
}
