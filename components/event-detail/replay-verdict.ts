import { useEffect, useState } from "react";
import { isReplaying } from "@/lib/client/live-event";
import { loadToast } from "@/lib/client/toaster";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { Attempt, Delivery, EventDetail } from "@/lib/contract/events";
import { duration } from "../format";
import { effectSummary } from "./effect-summary";

/** Shows in one sentence how a replay ended. Returns the function that starts to watch one. */
export function useReplayVerdict(event: EventDetail): (replayId: string) => void {
  const [watched, setWatched] = useState<string | null>(null);
  useEffect(() => {
    const replay = event.replays.find(({ id }) => id === watched);
    if (!replay || isReplaying(event)) return;
    setWatched(null);
    announce(event, replay.id);
  }, [event, watched]);
  return setWatched;
}

/** The frame loads the toasts' code after the page; this only requests it. */
async function announce(event: EventDetail, replayId: string): Promise<void> {
  const toast = await loadToast();
  const ran = event.deliveries.filter(({ attempts }) => attempts.some(({ replay_id }) => replay_id === replayId));
  const failed = ran.filter(({ status }) => status !== "delivered");
  if (ran.length === 0) toast.warning("The replay ended without running any delivery.");
  else if (failed.length === 0) toast.success(recovered(ran));
  else toast.error(stillFailing(ran, failed));
}

/** `Recovered: Agent SDK accepted it in 84 ms.` */
function recovered(ran: Delivery[]): string {
  return `Recovered: ${ran.map((delivery) => success(delivery, delivery.attempts.at(-1))).join("; ")}.`;
}

function success({ destination }: Delivery, attempt: Attempt | undefined): string {
  if (attempt?.changes.length) return `${destination.name}: ${effectSummary(attempt.changes)}`;
  const took = attempt?.duration_ms == null ? "" : ` in ${duration(attempt.duration_ms)}`;
  return `${destination.name} accepted it${took}`;
}

/** `1 of 2 recovered. Agent SDK still fails: connection refused.` */
function stillFailing(ran: Delivery[], failed: Delivery[]): string {
  const share = ran.length > 1 ? `${ran.length - failed.length} of ${ran.length} recovered. ` : "";
  const reasons = failed.map(({ destination, last_error_class }) => {
    const why = last_error_class ? `: ${ERROR_CLASS[last_error_class].label.toLowerCase()}` : "";
    return `${destination.name} still fails${why}`;
  });
  return `${share}${reasons.join("; ")}.`;
}
