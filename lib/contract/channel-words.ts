/** The types and words of channels without their schemas, which the browser need not load. */
import type { ChannelKind } from "./api/channels";
import type { NotificationKind, NotificationStatus } from "./api/notifications";
import type { IncidentSeverity } from "./incidents";

export type { Channel, ChannelKind, Channels } from "./api/channels";
export type {
  NotificationKind,
  NotificationPage,
  NotificationStatus,
  OwnPreferences,
  Preferences,
} from "./api/notifications";

/** `add` names the action that makes one. */
export const CHANNEL_KIND: Record<ChannelKind, { label: string; add: string }> = {
  email: { label: "E-mail", add: "Add e-mail" },
  slack: { label: "Slack", add: "Add Slack" },
  teams: { label: "Microsoft Teams", add: "Add Microsoft Teams" },
  pagerduty: { label: "PagerDuty", add: "Add PagerDuty" },
  webhook: { label: "Webhook", add: "Add a webhook" },
};

export const CHANNEL_KINDS = Object.keys(CHANNEL_KIND) as ChannelKind[];

/** What a message was about. */
export const NOTIFICATION_KIND: Record<NotificationKind, string> = {
  fired: "Fired",
  repeated: "Still firing",
  acknowledged: "Acknowledged",
  resolved: "Resolved",
  replay: "Replay ended",
  report: "Weekly report",
  test: "Test",
};

export const NOTIFICATION_STATUS: Record<NotificationStatus, { label: string; meaning: string }> = {
  pending: { label: "Waiting", meaning: "It is not sent yet, or is tried again." },
  sent: { label: "Accepted", meaning: "The channel took it. Whether a person saw it is unknown." },
  failed: { label: "Failed", meaning: "It was given up." },
  skipped: { label: "Skipped", meaning: "It was well again before it was sent, or was silenced." },
};

/** The worst first, and when each wants a response (runbooks 001 and 003). */
export const SEVERITY_NAME: Record<IncidentSeverity, { name: string; hint: string }> = {
  P0: { name: "emergency", hint: "at once" },
  P1: { name: "critical", hint: "within 15 minutes" },
  P2: { name: "high", hint: "within an hour" },
  P3: { name: "medium", hint: "within 4 hours" },
  P4: { name: "low", hint: "within a day" },
};

export const SEVERITY_ORDER = Object.keys(SEVERITY_NAME) as IncidentSeverity[];
