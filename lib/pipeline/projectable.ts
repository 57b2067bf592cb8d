/** The one mapping of an event from SQL (event_for_projection) to what a provider's projection takes. */
import type { ProjectableEvent } from "@/lib/providers/provider";
import { parseBody } from "./parse";

/** An event as event_for_projection() gives it. */
export interface StoredEvent {
  id: number;
  provider: string;
  event_key: string;
  event_type: string;
  received_at: string;
  occurred_at: string | null;
  organisation_id: string | null;
  company_id: string | null;
  /** Of the source it came through, if it has one. */
  settings: Record<string, string> | null;
  /** Base64 of the received bytes. */
  body: string;
}

/** Parses the bytes again: they are the record. */
export function projectable(event: StoredEvent): ProjectableEvent {
  return {
    provider: event.provider,
    eventKey: event.event_key,
    eventType: event.event_type,
    organisationId: event.organisation_id ?? undefined,
    companyId: event.company_id ?? undefined,
    settings: event.settings ?? undefined,
    receivedAt: event.received_at,
    occurredAt: event.occurred_at ?? undefined,
    payload: parseBody(Buffer.from(event.body, "base64")).value,
  };
}
