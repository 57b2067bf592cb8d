/** Channels in words: their state, where they lead, and what they are told. */
import { CHANNEL_KIND, type Channel, SEVERITY_ORDER } from "@/lib/contract/channel-words";
import { plural } from "../format";

export type ChannelState = "failing" | "off" | "works" | "unused";

export function stateOf({ enabled, failures, last_sent_at }: Channel): ChannelState {
  if (!enabled) return "off";
  if (failures > 0) return "failing";
  return last_sent_at ? "works" : "unused";
}

const RANK: Record<ChannelState, number> = { failing: 0, unused: 1, works: 2, off: 3 };

/** Failing ones first, then by name. */
export function inOrder(channels: readonly Channel[]): Channel[] {
  return [...channels].sort(
    (a, b) => RANK[stateOf(a)] - RANK[stateOf(b)] || a.name.localeCompare(b.name, "en") || a.id.localeCompare(b.id),
  );
}

/** `ops@example.com and 2 more`, `bot in C024BE91L`, `hooks.slack.com, URL …Xw9f`. */
export function targetText({ kind, settings, hints }: Channel): string {
  if (kind === "email") {
    const [first, ...others] = addressesOf(settings);
    return others.length > 0 ? `${first} and ${others.length} more` : (first ?? "no address");
  }
  if (kind === "pagerduty") return `integration key ${hints.routing_key ?? "…"}`;
  if (kind === "slack" && typeof settings.channel === "string") return `bot in ${settings.channel}`;
  const host = typeof settings.url_host === "string" ? settings.url_host : CHANNEL_KIND[kind].label;
  const hint = hints.webhook_url ?? hints.url;
  return hint ? `${host}, URL ${hint}` : host;
}

export function addressesOf(settings: Channel["settings"]): string[] {
  return Array.isArray(settings.to) ? settings.to.filter((one) => typeof one === "string") : [];
}

/** `P0 to P3`, `P0, P2`, `all severities`. */
export function severitiesText(severities: Channel["severities"]): string {
  const chosen = SEVERITY_ORDER.filter((one) => severities.includes(one));
  if (chosen.length === SEVERITY_ORDER.length) return "all severities";
  const [first, last] = [chosen[0], chosen.at(-1)];
  const isRun =
    chosen.length > 2 &&
    chosen.length === SEVERITY_ORDER.indexOf(last ?? "P0") - SEVERITY_ORDER.indexOf(first ?? "P0") + 1;
  return isRun ? `${first} to ${last}` : chosen.join(", ");
}

/** Which alerts it is told beyond their severity: `all organisations · named by 2 rules`. */
export function limitsText({ organisations, rules, tells_replays }: Channel): string {
  const [first, ...others] = organisations ?? [];
  const whose = !first ? "all organisations" : others.length > 0 ? `${first} and ${others.length} more` : first;
  return [whose, tells_replays && "ends of replays", rules > 0 && `named by ${plural(rules, "rule")}`]
    .filter(Boolean)
    .join(" · ");
}
