import type { DestinationHealth } from "@/lib/contract/destinations";
import { ReadingLine } from "../charts/reading-box";
import { count, duration, percent, shortClock } from "../format";

export type Hour = DestinationHealth["hours"][number];

const HOUR_MS = 3_600_000;

/** The figures of the hour under the pointer. */
export function HourReading({ hour }: { hour: Hour }) {
  const start = Date.parse(hour.at);
  return (
    <>
      <span className="block text-quiet tabular-nums">
        {shortClock(start)} – {shortClock(start + HOUR_MS)}
      </span>
      {madeIn(hour) === 0 ? (
        <span className="block">Nothing was sent.</span>
      ) : (
        <>
          <ReadingLine name="Delivered" value={count(hour.succeeded)} />
          <ReadingLine name="Failed" value={count(hour.failed)} />
          <ReadingLine name="Success" value={percent((hour.succeeded / madeIn(hour)) * 100)} />
          {hour.p95_ms !== null && <ReadingLine name="p95" value={duration(hour.p95_ms)} />}
        </>
      )}
    </>
  );
}

export function madeIn({ succeeded, failed }: Hour): number {
  return succeeded + failed;
}
