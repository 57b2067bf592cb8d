/** What a silence of an alert may keep quiet, how long, and in words. */
import type { NewSilence } from "@/lib/client/alerts";
import { ALERT_KIND } from "@/lib/contract/alert-kinds";
import type { Alert } from "@/lib/contract/api/alerts";
import { providerName } from "../provider";
import { aboutText } from "./alert-text";

/** How much of what is like the alert. */
export type Reach = "same" | "rule" | "kind" | "subject";

const NOTHING = {
  rule_id: null,
  kind: null,
  provider_slug: null,
  event_type: null,
  org_id: null,
  destination_id: null,
};

/** The reaches that mean something for this alert, narrowest first. */
export function reachesOf(alert: Alert): { reach: Reach; label: string }[] {
  const about = aboutText(alert);
  const { label } = ALERT_KIND[alert.kind];
  return [
    ...(about ? [{ reach: "same" as const, label: `“${alert.rule}” about ${about}` }] : []),
    { reach: "rule", label: about ? `“${alert.rule}” about anything` : `“${alert.rule}”` },
    { reach: "kind", label: `Every rule of the kind “${label}”${about ? ` about ${about}` : ""}` },
    ...(alert.destination || alert.provider_slug
      ? [{ reach: "subject" as const, label: `Every alert about ${subjectOf(alert)}` }]
      : []),
  ];
}

function subjectOf({ destination, provider_slug }: Alert): string {
  return destination ?? providerName(provider_slug ?? "");
}

/** The fields by which alerts are matched. */
export function matchersOf(alert: Alert, reach: Reach): Omit<NewSilence, "ends_at" | "reason"> {
  const { rule_id, kind, provider_slug, event_type, org_id, destination_id } = alert;
  const subject = { provider_slug, event_type, org_id, destination_id };
  if (reach === "same") return { ...NOTHING, ...subject, rule_id };
  if (reach === "rule") return { ...NOTHING, rule_id };
  if (reach === "kind") return { ...NOTHING, ...subject, kind };
  return destination_id ? { ...NOTHING, destination_id } : { ...NOTHING, provider_slug };
}

export const SPANS = [
  [60, "1 hour"],
  [240, "4 hours"],
  [1_440, "1 day"],
  [10_080, "7 days"],
] as const;

/** At most 31 days. */
export const LONGEST_MS = 31 * 86_400_000;
