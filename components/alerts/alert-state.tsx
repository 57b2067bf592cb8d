/** The state of an alert: its colour, icon and words in one list. */
import { BellOff, BellRing, CircleCheck, UserCheck } from "lucide-react";
import type { Alert } from "@/lib/contract/api/alerts";
import { type Look, StatusBadge } from "../status/status-badge";

export type AlertState = "firing" | "acknowledged" | "not_told" | "resolved";

export const ALERT_STATE: Record<AlertState, Look & { label: string; meaning: string }> = {
  firing: {
    icon: BellRing,
    tone: "text-red",
    label: "Firing",
    meaning: "It is bad now, and told again until it ends.",
  },
  acknowledged: {
    icon: UserCheck,
    tone: "text-violet",
    label: "Acknowledged",
    meaning: "A person takes care of it. It is not told again; that it is well again still is.",
  },
  not_told: { icon: BellOff, tone: "text-grey", label: "Muted", meaning: "A silence or a worse alert includes it." },
  resolved: { icon: CircleCheck, tone: "text-green", label: "Resolved", meaning: "It is well again." },
};

export function stateOf({ resolved_at, suppressed_because, acknowledged }: Alert): AlertState {
  if (resolved_at !== null) return "resolved";
  if (suppressed_because !== null) return "not_told";
  return acknowledged ? "acknowledged" : "firing";
}

export function AlertStateBadge({ alert, large }: { alert: Alert; large?: boolean }) {
  const look = ALERT_STATE[stateOf(alert)];
  return <StatusBadge look={look} label={look.label} title={look.meaning} large={large} testId="alert-state" />;
}
