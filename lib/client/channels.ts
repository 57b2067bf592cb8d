/** The console's client of the channels API and of personal preferences. Each function is one request, and throws `ApiError`. */
import type {
  Channel,
  ChannelKind,
  Channels,
  NotificationPage,
  OwnPreferences,
  Preferences,
} from "@/lib/contract/channel-words";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import { patchJson, postJson, requestJson } from "./request";

const CHANNELS = "/api/channels";
const PREFERENCES = "/api/notification-preferences";
/** A channel may take its time; the server gives up earlier. */
const TEST_MS = 60_000;

export interface ChannelInput {
  name: string;
  /** Left out when nothing of them changes. */
  settings?: Record<string, unknown>;
  severities: IncidentSeverity[];
  organisations: string[] | null;
  tells_replays: boolean;
}

export function fetchChannels(signal?: AbortSignal): Promise<Channels> {
  return requestJson<Channels>(CHANNELS, { signal });
}

/** `secret`: the signing secret that was made for a webhook. No other answer has it. */
export function createChannel(kind: ChannelKind, input: ChannelInput): Promise<Channel & { secret: string | null }> {
  return postJson(CHANNELS, { kind, ...input });
}

/** Changes the version that the user saw. */
export function changeChannel(
  { id, version }: Pick<Channel, "id" | "version">,
  changes: Partial<ChannelInput> & { enabled?: boolean },
): Promise<Channel> {
  return patchJson(pathOf(id), { version, ...changes });
}

export function deleteChannel(id: string): Promise<void> {
  return requestJson<void>(pathOf(id), { method: "DELETE" });
}

/** Sends a test now. A refusal of the channel is an answer, too. */
export function testChannel(id: string): Promise<{ accepted: boolean; outcome: string }> {
  return requestJson(`${pathOf(id)}/test`, { method: "POST", patienceMs: TEST_MS });
}

/** What it was told, newest first. */
export function fetchNotifications(
  id: string,
  cursor: number | undefined,
  signal?: AbortSignal,
): Promise<NotificationPage> {
  return requestJson(`${pathOf(id)}/notifications${cursor ? `?cursor=${cursor}` : ""}`, { signal });
}

/** Of the person who is signed in. */
export function fetchPreferences(signal?: AbortSignal): Promise<OwnPreferences> {
  return requestJson<OwnPreferences>(PREFERENCES, { signal });
}

export function changePreferences(changes: Partial<Preferences>): Promise<OwnPreferences> {
  return patchJson<OwnPreferences>(PREFERENCES, changes);
}

function pathOf(id: string): string {
  return `${CHANNELS}/${encodeURIComponent(id)}`;
}
