/** One message as SQL hands it to a sender, and what came of it. */
import type { ChannelKind } from "@/lib/contract/api/channels";
import type { NotificationKind } from "@/lib/contract/api/notifications";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import type { ReplayStatus } from "@/lib/contract/vocabulary";

/** By name, encrypted. */
export type SealedSecrets = Record<string, string>;

export interface SealedChannel {
  id: number;
  kind: ChannelKind;
  name: string;
  settings: Record<string, unknown>;
  secrets: SealedSecrets;
}

/** An alert as it is told. */
export interface ToldAlert {
  id: string;
  rule: string;
  rule_id: string;
  kind: string;
  severity: IncidentSeverity;
  summary: string;
  explain: { text?: string; window_minutes?: number | null; link?: string | null } & Record<string, unknown>;
  provider_slug: string | null;
  event_type: string | null;
  org_id: string | null;
  destination_id: string | null;
  destination: string | null;
  fired_at: string;
  resolved_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  incident_id: string | null;
}

export interface ToldReplay {
  id: string;
  status: ReplayStatus;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  reason: string | null;
  stopped_because: string | null;
}

/** What a report says. */
export interface ReportContent {
  title: string;
  text: string;
  facts: { label: string; value: string }[];
  /** Of the page that shows more. */
  path: string;
}

export interface LeasedNotification {
  id: number;
  fence: number;
}

/** One message that a sender has until its lease ends: to a channel, or to a person by mail. */
export interface ClaimedMessage {
  /** The first of its notifications: the same on every try. */
  id: number;
  kind: NotificationKind;
  notifications: LeasedNotification[];
  channel: SealedChannel | null;
  person: { name: string; email: string } | null;
  /** The channel's id of the message that is updated. */
  updates: string | null;
  alerts: ToldAlert[];
  replay: ToldReplay | null;
  content: ReportContent | null;
}

export interface MessageResult {
  status: "sent" | "retry" | "failed" | "skipped";
  outcome: string;
  remote_id?: string | undefined;
  retry_after_ms?: number | undefined;
}
