import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { EventSummary } from "@/lib/contract/events";

/** Scrolled further than this, a reader is in the middle of the list. */
const AT_TOP_PX = 8;

/**
 * Keeps rows where they are while the pointer is on them, some are selected, or the list is scrolled: known rows are updated
 * in place, new ones are counted. Otherwise the list shows the newest events.
 */
export function useStableRows(latest: EventSummary[], ticked: boolean) {
  const [held, setHeld] = useState<EventSummary[] | null>(null);
  const pointing = useRef(false);

  const isAtRest = () => !pointing.current && !ticked && window.scrollY <= AT_TOP_PX;
  const settle = () => setHeld((current) => (isAtRest() ? null : (current ?? latest)));
  const settleNow = useEffectEvent(settle);
  useEffect(() => {
    const onScroll = () => settleNow();
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => window.removeEventListener("scroll", onScroll);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows and a new selection decide whether rows are held.
  useEffect(() => settleNow(), [latest, ticked]);

  const known = held && new Set(held.map((event) => event.id));
  return {
    rows: held ? patch(held, latest) : latest,
    /** How many events wait above the list. */
    arrived: known ? latest.filter((event) => !known.has(event.id)).length : 0,
    point: (over: boolean) => {
      pointing.current = over;
      settle();
    },
    /** Shows the newest rows, wherever the pointer is. */
    showNewest: () => setHeld(isAtRest() ? null : latest),
  };
}

function patch(held: EventSummary[], latest: EventSummary[]): EventSummary[] {
  const fresh = new Map(latest.map((event) => [event.id, event]));
  return held.map((event) => fresh.get(event.id) ?? event);
}
