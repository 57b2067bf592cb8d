/** What happens to each event on its way: a plan, made before anything is sent. */
import type { Chance } from "./chance";

/** From (inclusive) to (exclusive), as shares of the events in order of time. */
export type Part = readonly [from: number, to: number];

export interface Outage {
  /** Shares of all events: never sent, sent twice, and sent later than others that happened after them. */
  dropped: number;
  doubled: number;
  outOfOrder: number;
  /** The shop's endpoint answers 422 to this share of its deliveries in this part; null: it works. */
  failing: { part: Part; share: number } | null;
  /** The other endpoint is disabled; null: never. */
  disabled: Part | null;
  /** Stripe signs with a secret that is not ours; null: never. */
  rolled: Part | null;
}

/** The outage of the proof. The endpoint is disabled for an hour of four. */
export const EVERYTHING_AT_ONCE: Outage = {
  dropped: 0.05,
  doubled: 0.05,
  outOfOrder: 0.1,
  failing: { part: [0.1, 0.9], share: 0.05 },
  disabled: [0.3, 0.55],
  rolled: [0.6, 0.65],
};

export const NO_OUTAGE: Outage = {
  ...{ dropped: 0, doubled: 0, outOfOrder: 0 },
  ...{ failing: null, disabled: null, rolled: null },
};

export interface Planned<Event> {
  event: Event;
  /** Never sent. */
  isDropped: boolean;
  isDoubled: boolean;
  isInWrongSecret: boolean;
}

/**
 * The events of an outage in the order in which they are sent. One out of order comes up to a tenth of the whole later than it
 * happened.
 */
export function planOutage<Event extends { provider: string }>(
  events: readonly Event[],
  chance: Chance,
  outage: Outage,
): Planned<Event>[] {
  return events
    .map((event, n) => ({
      event,
      isDropped: chance() < outage.dropped,
      isDoubled: chance() < outage.doubled,
      isInWrongSecret: event.provider === "stripe" && isIn(outage.rolled, n / events.length),
      sentAt: n + (chance() < outage.outOfOrder ? chance() * events.length * 0.1 : 0),
    }))
    .toSorted((a, b) => a.sentAt - b.sentAt)
    .map(({ sentAt: _, ...planned }) => planned);
}

export function isIn(part: Part | null | undefined, place: number): boolean {
  return Boolean(part && place >= part[0] && place < part[1]);
}
