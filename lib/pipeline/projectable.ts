/** Maps an event from SQL (event_for_projection) to the input of a provider's projection. */
import type { ProjectableRow } from "@/lib/db/functions/journey";
import type { ProjectableEvent } from "@/lib/providers/provider";
import { decoded } from "./content";
import { parseInTurns } from "./parse";

/** Parses the bytes again, because they are the record: the payload may be missing, and is not exact. */
export async function projectable(event: ProjectableRow): Promise<ProjectableEvent> {
  const content = await decoded(receivedBytes(event), event.content_encoding);
  return {
    id: event.id,
    provider: event.provider,
    eventKey: event.event_key,
    eventType: event.event_type,
    organisationId: event.organisation_id ?? undefined,
    companyId: event.company_id ?? undefined,
    settings: event.settings ?? undefined,
    shop: event.shop ?? undefined,
    receivedAt: event.received_at,
    occurredAt: event.occurred_at ?? undefined,
    payload: (await parseInTurns(content)).value,
  };
}

/** Empty when they were deleted: who delivers or previews asks for that first. */
export function receivedBytes({ body }: Pick<ProjectableRow, "body">): Buffer {
  return Buffer.from(body ?? "", "base64");
}
