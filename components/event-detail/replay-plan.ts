import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { Delivery, EventDetail } from "@/lib/contract/events";
import { type Clock, holdSentence } from "../holds/hold-text";

export interface ReplayPlan {
  /** The deliveries that would run again. */
  runs: Delivery[];
  warnings: string[];
  /** Why nothing can be replayed now; null when it can. */
  blocked: string | null;
  /** The button's label, e.g. `Replay 1 event to Agent SDK`. */
  action: string;
}

/** What a replay of this event would do, before it is created. */
export function replayPlan(event: EventDetail, mayReplay: boolean, clock: Clock): ReplayPlan {
  const runs = event.deliveries.filter(({ status }) => ["dead", "delivered", "cancelled", "retrying"].includes(status));
  const [only] = runs;
  const target = runs.length === 1 && only ? only.destination.name : `${runs.length} destinations`;
  return {
    runs,
    warnings: runs.flatMap((delivery) => [...holdWarning(delivery, clock), ...warningsOf(delivery)]),
    blocked: blockedBecause(event, runs, mayReplay, clock),
    action: `Replay 1 event to ${target}`,
  };
}

function blockedBecause(event: EventDetail, runs: Delivery[], mayReplay: boolean, clock: Clock): string | null {
  if (!mayReplay) return "Viewers cannot replay events. Ask an administrator for the Support role.";
  if (event.deliveries.length === 0)
    return "No destination receives this type of event, so there is nothing to replay.";
  if (event.deliveries.some(({ status }) => status === "pending" || status === "claimed")) {
    return "This event is being delivered now. Replay it when the delivery has finished.";
  }
  return runs.length === 0 ? heldBecause(event.deliveries, clock) : null;
}

/** Why all are held, e.g. because the destination is disabled, or that they wait for deliveries before them. */
function heldBecause(deliveries: Delivery[], clock: Clock): string {
  for (const { hold, destination } of deliveries) if (hold) return holdSentence(hold, destination.name, clock);
  return "Its deliveries are held until the deliveries before them are sent.";
}

/** A replay of one event passes an open circuit, because it is the test of the endpoint. Other holds still apply. */
function holdWarning({ hold, destination: { name } }: Delivery, clock: Clock): string[] {
  if (!hold) return [];
  if (hold.why === "circuit") {
    return [
      `The circuit of ${name} is open. This delivery is sent at once as a test. When it succeeds, the others follow.`,
    ];
  }
  return [holdSentence(hold, name, clock)];
}

function warningsOf({ destination, status, last_error_class }: Delivery): string[] {
  if (status === "delivered" && destination.kind === "http") {
    return [`${destination.name} accepted this event before and may process it twice.`];
  }
  if (status === "retrying")
    return [`${destination.name} is due for an automatic retry. The replay does not wait for it.`];
  if (status === "dead" && last_error_class) {
    return [
      `${destination.name} failed last time: ${ERROR_CLASS[last_error_class].label.toLowerCase()}. Unless the cause is fixed, it will fail again.`,
    ];
  }
  return [];
}
