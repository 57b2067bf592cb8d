import { useNow } from "@/lib/client/clock";
import type { ReplayDetail } from "@/lib/client/replays";
import { OutcomeBar, outcomesOf } from "../charts/outcome-bar";
import { count, duration } from "../format";
import { endedText, inProgressText } from "../status/replay-text";
import { useTimeFormat } from "../time";
import { useThroughput } from "./throughput";

/** The progress bar, and next to it the rate and the remaining time. */
export function ProgressPanel({ replay, lost }: { replay: ReplayDetail; lost: boolean }) {
  const underWay = inProgressText(replay);
  return (
    <section aria-label="Progress" className="mt-4">
      <OutcomeBar outcomes={outcomesOf(replay.summary)} inProgress={replay.in_progress} thick />
      <p className="mt-1.5 flex flex-wrap justify-between gap-x-4 text-quiet tabular-nums">
        <span>
          {endedText(replay)} done
          {underWay && `, ${underWay}`}
        </span>
        <span role="status" data-testid="replay-pace">
          {lost ? (
            <span className="text-amber">Reconnecting. The replay continues without this page.</span>
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
  const { perSecond, leftMs } = useThroughput(replay);
  const now = useNow();
  if (replay.status === "queued") {
    return Date.parse(replay.scheduled_at) > now ? `Starts ${format(replay.scheduled_at)}` : "Starts now";
  }
  if (replay.completed_at && replay.started_at) {
    return `Took ${duration(Date.parse(replay.completed_at) - Date.parse(replay.started_at))}`;
  }
  // While the replay is held or waits for its trial, it has no rate, so no remaining time can be estimated.
  if (perSecond === null || perSecond < 0.05 || replay.summary.holds.length > 0) return null;
  const rate = `${perSecond < 9.95 ? perSecond.toFixed(1) : count(Math.round(perSecond))} per second`;
  return leftMs === null ? rate : `${rate}, about ${duration(Math.max(1_000, leftMs))} left`;
}
