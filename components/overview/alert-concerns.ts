import type { AlertKind } from "@/lib/contract/alert-kinds";
import type { Alert } from "@/lib/contract/api/alerts";
import { alertReason } from "../status/alert-reason";
import type { Concern } from "./concern";

/** What fires and is told, worst first. Information (P4) is on the page of alerts, and so is what a person took over. */
export function alertConcerns(alerts: readonly Alert[]): Concern[] {
  return alerts
    .filter((alert) => !alert.acknowledged && !alert.suppressed_because && alert.severity !== "P4")
    .sort((a, b) => a.severity.localeCompare(b.severity) || b.fired_at.localeCompare(a.fired_at))
    .map((alert) => ({
      key: alert.id,
      tone: alert.severity === "P0" || alert.severity === "P1" ? "red" : "amber",
      sentence: alertReason(alert),
      detail: alert.rule,
      at: alert.fired_at,
      link: { label: "Open alert", href: `/alerts/${alert.id}` },
      alert: alert.id,
    }));
}

/** Which alerts say what, acknowledged and silenced ones included: nothing is told twice, also not what a person dismissed. */
export function saidBy(alerts: readonly Alert[]) {
  return (kinds: readonly AlertKind[], about: { provider?: string; destination?: string } = {}): boolean =>
    alerts.some(
      ({ kind, provider_slug, destination_id }) =>
        kinds.includes(kind) &&
        (about.provider === undefined || provider_slug === null || provider_slug === about.provider) &&
        (about.destination === undefined || destination_id === about.destination),
    );
}
