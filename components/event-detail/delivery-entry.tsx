import type { Delivery } from "@/lib/contract/events";
import { printId } from "@/lib/contract/ids";
import type { Replay } from "@/lib/contract/replays";
import { plural } from "../format";
import { HoldAction } from "../holds/hold-action";
import { HoldLine } from "../holds/hold-line";
import { holdSentence } from "../holds/hold-text";
import { InertText } from "../inert-text";
import { DELIVERY_STATUS_STYLE, DeliveryStatusBadge } from "../status/event-status";
import { StatusIcon } from "../status/status-badge";
import { DueTime, useClockFormat } from "../time";
import { AttemptEntry } from "./attempt-entry";
import { ReplayMark } from "./replay-mark";
import { TimelineEntry } from "./timeline-entry";

/** One destination: the state of the delivery, and every attempt below it. A replay comes before its attempts. */
export function DeliveryEntry({ delivery, replays }: { delivery: Delivery; replays: Replay[] }) {
  const { destination, attempts, status } = delivery;
  const waiting = replays.find(
    (replay) => replay.id === delivery.replay_id && !attempts.some((attempt) => attempt.replay_id === replay.id),
  );
  return (
    <TimelineEntry
      icon={<StatusIcon look={DELIVERY_STATUS_STYLE[status]} />}
      title={
        <>
          <span className="min-w-0 max-w-4/5 shrink-0 truncate font-medium" title={destination.name}>
            {destination.name}
          </span>
          {destination.url && (
            <span className="truncate font-mono text-faint text-sm" title={destination.url}>
              <InertText text={destination.url} />
            </span>
          )}
        </>
      }
      aside={<DeliveryStatusBadge status={status} />}
    >
      <ol className="mt-1.5">
        {attempts.map((attempt, index) => {
          const replay = replays.find((one) => one.id === attempt.replay_id);
          const begins = replay && attempts[index - 1]?.replay_id !== replay.id;
          return (
            <li key={attempt.id}>
              {begins && <ReplayMark replay={replay} />}
              <AttemptEntry attempt={attempt} before={attempts[index - 1]} />
            </li>
          );
        })}
      </ol>
      {waiting && <ReplayMark replay={waiting} />}
      <Outlook delivery={delivery} />
    </TimelineEntry>
  );
}

/** What happens next automatically, and what holds it. */
function Outlook({ delivery }: { delivery: Delivery }) {
  const { status, due_at, tries, max_attempts, hold, destination } = delivery;
  const clock = useClockFormat();
  if (status !== "retrying" && status !== "pending" && status !== "held") return null;
  const failed = tries > 0 ? `Attempt ${tries} of ${Math.max(tries + 1, max_attempts)} failed. ` : "";
  if (hold) {
    return (
      <HoldLine words={`${failed}${holdSentence(hold, destination.name, clock)}`}>
        <HoldAction
          hold={{
            ...hold,
            destination_id: printId("destination", destination.id),
            destination: destination.name,
            deliveries: 1,
          }}
        />
      </HoldLine>
    );
  }
  if (status === "retrying" && due_at) {
    return (
      <p className="mt-1.5 text-amber">
        {failed}Next attempt <DueTime at={due_at} />.
      </p>
    );
  }
  if (status === "held")
    return <p className="text-violet">Held until the deliveries before it are sent. Nothing is lost.</p>;
  return <p className="text-quiet">{queuedText(destination)}</p>;
}

/** Nothing holds it: a worker claims it, as fast as the destination's own limits allow. */
function queuedText({ name, rate_per_second: rate }: Delivery["destination"]): string {
  if (rate === null) return "Waiting for a worker.";
  return `Queued. ${name} gets at most ${plural(rate, "delivery", "deliveries")} a second.`;
}
