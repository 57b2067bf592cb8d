import type { EventDetail } from "@/lib/contract/events";
import type { Interest } from "@/lib/contract/live";
import { useLiveQuery } from "./live-query";
import { eventQuery } from "./queries/events";

const MOVING_MS = 500;
const WAITING_MS = 5_000;
/** Nothing moves, yet somebody else may replay it. */
const SETTLED_MS = 10_000;

/** An event that keeps itself current: twice a second while a delivery moves, seldom when all have ended. */
export function useLiveEvent(id: string) {
  // A replay of it moves it too.
  const { data, refetch } = useLiveQuery(eventQuery(id), { topics: [id as Interest], interval: pace });
  return { event: data, refetch };
}

/** True while some delivery will still change by itself. */
export function isMoving({ deliveries }: Pick<EventDetail, "deliveries">): boolean {
  return deliveries.some(({ status }) => status === "pending" || status === "claimed" || status === "retrying");
}

/** True from the moment a replay is asked for until it has ended. */
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
