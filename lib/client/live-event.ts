import type { EventDetail } from "@/lib/contract/events";
import type { Interest } from "@/lib/contract/live";
import { useLiveQuery } from "./live-query";
import { eventQuery } from "./queries/events";

const MOVING_MS = 500;
const WAITING_MS = 5_000;
/** No delivery moves, but another user may replay the event. */
const SETTLED_MS = 10_000;

/** An event that is read again by itself: twice a second while a delivery moves, rarely when all have ended. */
export function useLiveEvent(id: string) {
  // A replay of the event changes it too.
  const { data, refetch } = useLiveQuery(eventQuery(id), { topics: [id as Interest], interval: pace });
  return { event: data, refetch };
}

/** True while a delivery will still change by itself. */
export function isMoving({ deliveries }: Pick<EventDetail, "deliveries">): boolean {
  return deliveries.some(({ status }) => status === "pending" || status === "claimed" || status === "retrying");
}

/** True from when a replay is requested until it has ended. */
export function isReplaying({ replays }: Pick<EventDetail, "replays">): boolean {
  return replays.some(({ status }) => status === "queued" || status === "running");
}

function pace(event: EventDetail): number {
  if (isReplaying(event)) return MOVING_MS;
  if (!isMoving(event)) return SETTLED_MS;
  const soon = event.deliveries.some(
    ({ status, due_at }) =>
      status === "pending" ||
      status === "claimed" ||
      (status === "retrying" && due_at !== null && Date.parse(due_at) - Date.now() < WAITING_MS),
  );
  return soon ? MOVING_MS : WAITING_MS;
}
