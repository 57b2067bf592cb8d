import type { SummarisedEvent, Summary } from "../provider";
import { at } from "../shape";
import { leadEmailOf } from "./rows";

/** Smartlead knows a lead by its address. */
export function smartleadSummary({ payload }: SummarisedEvent): Summary {
  const email = leadEmailOf(payload);
  return {
    ...(email !== undefined && { customerId: email, objectType: "lead" }),
    searchable: [
      email,
      at(payload, "to_name"),
      at(payload, "lead_data", "first_name"),
      at(payload, "lead_data", "last_name"),
    ],
  };
}
