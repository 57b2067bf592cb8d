/** items.csv: every event of an incident, with what became of it. */
import type { EvidenceItem } from "@/lib/db/functions/evidence";
import { line } from "@/lib/queries/export-items";

const COLUMNS: Readonly<Record<string, (item: EvidenceItem) => unknown>> = {
  position: ({ position }) => position,
  provider: ({ provider }) => provider,
  source_id: ({ source_id }) => source_id,
  identity: ({ identity }) => identity,
  event_type: ({ event_type }) => event_type,
  event_id: ({ event_id }) => event_id,
  finding_id: ({ finding_id }) => finding_id,
  organisation: ({ organisation }) => organisation,
  customer_id: ({ customer_id }) => customer_id,
  object_id: ({ object_id }) => object_id,
  amount: ({ amount }) => amount,
  currency: ({ currency }) => currency,
  occurred_at: ({ occurred_at }) => occurred_at,
  received_at: ({ received_at }) => received_at,
  origin: ({ origin }) => origin,
  trust: ({ trust }) => trust,
  request_id: ({ request_id }) => request_id,
  cause: ({ cause }) => cause,
  state: ({ state }) => state,
  reason: ({ reason }) => reason,
  accepted_by: ({ accepted_by }) => accepted_by,
  accepted_at: ({ accepted_at }) => accepted_at,
  replay_id: ({ replay_id }) => replay_id,
  proof: ({ proof }) => proof && JSON.stringify(proof),
  changed_at: ({ changed_at }) => changed_at,
  body_size: ({ body_size }) => body_size,
  body_sha256: ({ body_sha256 }) => body_sha256,
};

export const itemHeader = line(Object.keys(COLUMNS));

export function itemLines(items: readonly EvidenceItem[]): string {
  const columns = Object.values(COLUMNS);
  return items.map((item) => line(columns.map((column) => column(item)))).join("");
}
