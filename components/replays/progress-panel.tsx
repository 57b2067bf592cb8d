import { useNow } from "@/lib/client/clock";
import type { ReplayDetail } from "@/lib/client/replays";
import { count, duration } from "../format";
import { useTimeFormat } from "../time";
import { OutcomeBar, outcomesOf } from "./outcome-bar";
import { usePace } from "./pace";

/** The bar, and beside it how fast it goes and how long it takes. */
export function ProgressPanel({ replay, lost }: { replay: ReplayDetail; lost: boolean }) {
  const { total, succeeded, failed, skipped } = replay;
  const ended = succeeded + failed + skipped;
  return (
    <section aria-label="Progress" className="mt-4">
      <OutcomeBar outcomes={outcomesOf(replay.summary)} inProgress={replay.in_progress} thick />
      <p className="mt-1.5 flex flex-wrap justify-between gap-x-4 text-quiet tabular-nums">
        <span>
          {count(ended)} of {count(total)} ended
          {replay.in_progress > 0 && `, ${count(replay.in_progress)} in progress`}
        </span>
        <span role="status" data-testid="replay-pace">
          {lost ? (
            <span className="text-amber">Reconnecting. The replay goes on without this page.</span>
          ) : (
            <Pace replay={replay} />
          )}
        </span>
      </p>
    </section>
  );
}

function Pace({ replay }: { replay: ReplayDetail }) {
  const format = useTimeFormat();
  const { perSecond, leftMs } = usePace(replay);
  const now = useNow();
  if (replay.status === "queued") {
    return Date.parse(replay.scheduled_at) > now ? `Starts ${format(replay.scheduled_at)}` : "Starts now";
  }
  if (replay.completed_at && replay.started_at) {
    return `Took ${duration(Date.parse(replay.completed_at) - Date.parse(replay.started_at))}`;
  }
  if (perSecond === null) return null;
  const rate = `${perSecond < 9.95 ? perSecond.toFixed(1) : count(Math.round(perSecond))} per second`;
  return leftMs === null ? rate : `${rate}, about ${duration(Math.max(1_000, leftMs))} left`;
}
