/** What SQL takes and answers about channels and notifications. */
import type {
  Channel,
  ChannelKind,
  NotificationKind,
  NotificationPage,
  Preferences,
} from "@/lib/contract/api/channels";
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

export interface DueReport {
  staff_id: string;
  organisations: string[] | null;
  week: number;
  from_ts: string;
  to_ts: string;
}

export interface ChannelFields {
  name: string;
  settings: Record<string, unknown>;
  secrets: SealedSecrets;
  hints: Record<string, string>;
  severities: IncidentSeverity[];
  organisations: string[] | null;
  enabled: boolean;
}

type Refused<Why extends string> = { result: Why };

export interface ChannelAnswers {
  claim_notifications: ClaimedMessage[];
  note_notifications: boolean;
  due_reports: DueReport[];
  write_report: boolean;
  forget_notifications: number;
  next_channel_id: number;
  create_channel: { result: "done"; channel: Channel } | Refused<"beyond_scope">;
  change_channel: { result: "done"; channel: Channel } | Refused<"not_found" | "changed_meanwhile" | "beyond_scope">;
  archive_channel: boolean;
  find_sealed_channel: (SealedChannel & { hints: Record<string, string>; version: number }) | null;
  begin_channel_test: LeasedNotification | null;
  list_channels: Channel[];
  get_channel: Channel | null;
  list_channel_notifications: NotificationPage | null;
  get_notification_preferences: Preferences | null;
  change_notification_preferences: Preferences;
}

export interface ChannelArguments {
  note_notifications: { p_notifications: LeasedNotification[]; p_result: MessageResult };
  write_report: { p_content: ReportContent };
  create_channel: { p_channel: ChannelFields & { id: number; kind: ChannelKind } };
  change_channel: { p_changes: Partial<ChannelFields> };
  list_channel_notifications: { p_after: number | null };
  change_notification_preferences: { p_changes: Partial<Preferences> };
}
