/** The facts of an event as its columns hold them: whom it is about, what, how much, and the words to find it by. */
import { searchTerms } from "@/lib/contract/search-terms";
import type { Provider, SummarisedEvent } from "@/lib/providers/provider";
import { storable } from "./storable";

/** Made from what the event says, by its provider's `summary`. What it does not say is null. */
export function factsOf(provider: Provider, event: SummarisedEvent) {
  const { customerId, objectType, money, searchable = [] } = provider.summary?.(event) ?? {};
  const currency = storable(money?.currency, 10);
  return {
    object_type: storable(objectType, 60),
    customer_id: storable(customerId, 255),
    ...(money && currency !== null && Number.isSafeInteger(money.amount)
      ? { amount: money.amount, amount_kind: money.kind, currency }
      : { amount: null, amount_kind: null, currency: null }),
    terms: searchTerms(searchable),
  };
}
