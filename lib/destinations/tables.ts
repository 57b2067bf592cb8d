/** A `tables` destination: the provider's pure projection of the event, as row changes for record to apply. */
import { type Change, InvalidPayload, type ProjectableEvent, type Provider } from "@/lib/providers/provider";

export type Projection =
  | { ok: true; changes: Change[] }
  | { ok: false; class: "invalid_payload" | "handler_error"; message: string };

/** The changes an event wants. A shape we do not know is an expected failure; any other error is a bug of ours. */
export function project(provider: Provider, event: ProjectableEvent): Projection {
  const projection = provider.projections?.[event.eventType];
  if (!projection) {
    return {
      ok: false,
      class: "handler_error",
      message: `${provider.label} has no projection for ${event.eventType}.`,
    };
  }
  try {
    return { ok: true, changes: projection(event) };
  } catch (error) {
    if (error instanceof InvalidPayload) return { ok: false, class: "invalid_payload", message: error.message };
    return { ok: false, class: "handler_error", message: error instanceof Error ? error.message : String(error) };
  }
}
