/** The one mapping of an event from SQL (event_for_projection) to what a provider's projection takes. */
import type { ProjectableRow } from "@/lib/db/functions/journey";
import type { ProjectableEvent } from "@/lib/providers/provider";
import { parseBody } from "./parse";

/** Parses the bytes again: they are the record. */
export function projectable(event: ProjectableRow): ProjectableEvent {
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
