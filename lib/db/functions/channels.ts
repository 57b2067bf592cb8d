/** What SQL takes and answers about channels and notifications. */
import type { Channel, ChannelKind } from "@/lib/contract/api/channels";
import type { NotificationPage, Preferences } from "@/lib/contract/api/notifications";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import type {
  ClaimedMessage,
  LeasedNotification,
  MessageResult,
  ReportContent,
  SealedChannel,
  SealedSecrets,
} from "./messages";

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
