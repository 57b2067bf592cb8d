/**
 * What can be read from the `data` of a sender that fixes no shape (Standard Webhooks, our own events): the customer, where
 * it is named in a usual way. Never an amount: whether `4900` is cents or whole units is not written anywhere.
 */
import type { Summary } from "./provider";
import { at, idFrom } from "./shape";

export function customerSummary(data: unknown, eventType: string): Summary {
  const customer = at(data, "customer");
  const customerId = [
    at(data, "customer_id"),
    at(data, "customerId"),
    typeof customer === "object" ? at(customer, "id") : customer,
  ]
    .map(idFrom)
    .find((id) => id !== undefined);
  const [kind] = /^[a-z_]+(?=\.)/.exec(eventType) ?? [];
  return {
    ...(customerId !== undefined && { customerId }),
    ...(kind !== undefined && { objectType: kind }),
    searchable: [
      at(data, "customer_email"),
      at(data, "email"),
      at(customer, "email"),
      at(customer, "name"),
      at(data, "number"),
      at(data, "invoice_number"),
      at(data, "order_number"),
    ],
  };
}
