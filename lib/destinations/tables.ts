/** A `tables` destination: the provider's pure projection of the event, as row changes that record applies. */
import {
  type Change,
  InvalidPayload,
  type ProjectableEvent,
  type Provider,
  receivedWith,
} from "@/lib/providers/provider";

/** The most rows that one event may change. apply_changes refuses more, too: they would delay all other events. */
const MOST_CHANGES = 10_000;

export type Projection =
  | { ok: true; changes: Change[] }
  | { ok: false; class: "invalid_payload" | "handler_error"; message: string };

/** The row changes of an event. An unknown shape is an expected failure; any other error is a bug of ours. */
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
    const changes = projection(event);
    if (changes.length <= MOST_CHANGES) return { ok: true, changes: receivedWith(event, changes) };
    const count = changes.length.toLocaleString("en");
    const message = `It wants to change ${count} rows, and one event may change ${MOST_CHANGES.toLocaleString("en")}. Have the sender send it in parts.`;
    return { ok: false, class: "invalid_payload", message };
  } catch (error) {
    if (error instanceof InvalidPayload) return { ok: false, class: "invalid_payload", message: error.message };
    return { ok: false, class: "handler_error", message: error instanceof Error ? error.message : String(error) };
  }
}
