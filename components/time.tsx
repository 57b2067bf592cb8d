"use client";

import { useRef, useState } from "react";
import { useNow } from "@/lib/client/clock";
import { useHydrated } from "@/lib/client/use-hydrated";
import { localClock, localTime, relative, utcTime } from "./format";
import { TOOLTIP_DELAY_MS, Tooltip } from "./ui/tooltip";

/** `2 min ago`, kept current; the exact local and UTC time on hover. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  const hydrated = useHydrated();
  const [pointedAt, setPointedAt] = useState(false);
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const time = (
    // The server's text may be a second old. A new key makes the browser write its own.
    <time
      key={String(hydrated)}
      dateTime={at}
      className={className}
      suppressHydrationWarning
      onPointerEnter={() => {
        resting.current = setTimeout(() => setPointedAt(true), TOOLTIP_DELAY_MS);
      }}
      onPointerLeave={() => clearTimeout(resting.current)}
    >
      {relative(Date.parse(at), now)}
    </time>
  );
  // Lists have a hundred of these, and a tooltip costs more than its text.
  if (!pointedAt) return time;
  return (
    <Tooltip content={<ExactLines at={at} />} defaultOpen>
      {time}
    </Tooltip>
  );
}

/** The exact time in the reader's zone, with UTC on hover; UTC until the browser knows the zone. */
export function ExactTime({ at, className }: { at: string; className?: string }) {
  const format = useTimeFormat();
  return (
    <Tooltip content={<ExactLines at={at} />}>
      <time dateTime={at} className={className}>
        {format(at)}
      </time>
    </Tooltip>
  );
}

/** Local time in the browser; UTC on the server, which does not know the reader's zone. */
export function useTimeFormat(): (iso: string) => string {
  return useHydrated() ? localTime : utcTime;
}

/** `16:09:10` in the browser, as short as possible; UTC on the server. */
export function useClockFormat(): (iso: string) => string {
  return useHydrated() ? localClock : utcTime;
}

/** When something is due: `in 12 s`, and from then on `due now`. Never a time in the past. */
export function DueTime({ at }: { at: string }) {
  const now = useNow();
  return Date.parse(at) - now < 1_500 ? "due now" : <RelativeTime at={at} />;
}

function ExactLines({ at }: { at: string }) {
  return (
    <dl className="grid grid-cols-[auto_auto] gap-x-3 tabular-nums">
      <dt className="text-faint">Local</dt>
      <dd>{localTime(at)}</dd>
      <dt className="text-faint">UTC</dt>
      <dd>{utcTime(at)}</dd>
    </dl>
  );
}
