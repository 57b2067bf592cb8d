import type { SummarisedEvent, Summary } from "../provider";
import { at } from "../shape";
import { leadIdOf } from "./rows";

export function heyreachSummary({ payload }: SummarisedEvent): Summary {
  const lead = at(payload, "lead");
  const customerId = leadIdOf(payload);
  return {
    ...(customerId !== undefined && { customerId, objectType: "lead" }),
    searchable: [
      at(lead, "full_name"),
      at(lead, "first_name"),
      at(lead, "last_name"),
      at(lead, "email_address"),
      at(lead, "enriched_email"),
    ],
  };
}
