/** Alerts and their rules in words, and the filter that the addresses of the console print. `listAlertsRequest` parses it. */
import { ALERT_KIND, type AlertKind } from "./alert-kinds";
import type { RuleSettings } from "./api/alert-rules";
import type { IncidentSeverity } from "./incidents";

export interface AlertFilter {
  /** Firing when left out. */
  state?: "firing" | "resolved" | "all";
  severity?: IncidentSeverity[];
  kind?: AlertKind[];
  rule_id?: string;
  provider_slug?: string;
}

export function printAlertFilter({ state, severity, kind, ...rest }: AlertFilter & { cursor?: number }): string {
  const params = new URLSearchParams();
  if (state && state !== "firing") params.set("state", state);
  if (severity?.length) params.set("severity", severity.join(","));
  if (kind?.length) params.set("kind", kind.join(","));
  if (rest.rule_id) params.set("rule_id", rest.rule_id);
  if (rest.provider_slug) params.set("provider_slug", rest.provider_slug);
  if (rest.cursor) params.set("cursor", String(rest.cursor));
  return params.toString();
}

/** Kinds by what they are about, in the order of the page of rules. */
export const KIND_GROUPS: readonly { name: string; kinds: readonly AlertKind[] }[] = [
  { name: "Deliveries", kinds: ["success_rate", "dead_letters", "attempts", "failures_doubled", "stalled"] },
  { name: "Endpoints", kinds: ["endpoint_down", "endpoint_disabled", "slow_endpoint"] },
  { name: "Arrivals", kinds: ["silence", "drop", "rejections"] },
  { name: "Providers", kinds: ["missing", "horizon", "repairs", "configuration"] },
  { name: "Replays", kinds: ["replay_volume", "repeated_failures", "stuck_replay"] },
  {
    name: "Redrive itself",
    kinds: ["oldest_due", "worker_gone", "channel_failing", "disk_low", "credential_expiring"],
  },
];

/** When a rule is bad, with its settings filled in. What it says of settings that are not given is left out. */
export function whenText(kind: AlertKind, settings: RuleSettings): string {
  const { when, settings: usual } = ALERT_KIND[kind];
  const { threshold, window_minutes, at_least } = { ...usual, ...settings };
  const values: Record<string, string | undefined> = {
    threshold: threshold === undefined ? undefined : numbers.format(threshold),
    window: window_minutes === undefined ? undefined : spanText(window_minutes),
    at_least: at_least === undefined ? undefined : numbers.format(at_least),
  };
  const [always = "", ...more] = when.split(/(?=; or |: by )/);
  const isKnown = (part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every(([, name = ""]) => values[name] !== undefined);
  const text = [always, ...more.filter(isKnown)].join("").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "?");
  return text.endsWith(".") ? text : `${text}.`;
}

/** `15 minutes`, `an hour`, `2 days`. */
export function spanText(minutes: number): string {
  if (minutes === 1) return "a minute";
  if (minutes === 60) return "an hour";
  if (minutes > 0 && minutes % 1440 === 0) return minutes === 1440 ? "a day" : `${minutes / 1440} days`;
  return minutes > 0 && minutes % 60 === 0 ? `${minutes / 60} hours` : `${minutes} minutes`;
}

const numbers = new Intl.NumberFormat("en-GB");
