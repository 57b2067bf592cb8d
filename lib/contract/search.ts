/** What `GET /api/search` finds: little of each, enough to recognise it and go there. */
import type { EventStatus, ReplayStatus } from "./vocabulary";

export interface FoundEvent {
  id: string;
  event_key: string;
  event_type: string;
  provider_slug: string;
  organisation_id: string | null;
  status: EventStatus;
  received_at: string;
}

export interface FoundReplay {
  id: string;
  status: ReplayStatus;
  reason: string;
  total: number;
  created_at: string;
}

export interface FoundDestination {
  id: string;
  slug: string;
  name: string;
  organisation_id: string | null;
  enabled: boolean;
}

export interface Found {
  events: FoundEvent[];
  replays: FoundReplay[];
  destinations: FoundDestination[];
  organisations: string[];
}
