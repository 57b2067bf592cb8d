import { ChevronRight } from "lucide-react";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { Attempt } from "@/lib/contract/events";
import { duration } from "../format";
import { ATTEMPT_STATUS_STYLE } from "../status/event-status";
import { StatusIcon } from "../status/status-badge";
import { RelativeTime } from "../time";
import { AttemptDetails, hasDetails } from "./attempt-details";
import { effectSummary } from "./effect-summary";

/** One attempt in one line: outcome, answer, duration. Opens to the details of the answer. */
export function AttemptEntry({ attempt, before }: { attempt: Attempt; before: Attempt | undefined }) {
  const look = ATTEMPT_STATUS_STYLE[attempt.status];
  const line = (
    <>
      <StatusIcon look={look} />
      <span className="shrink-0 text-quiet tabular-nums">Attempt {attempt.number}</span>
      <span className="min-w-0 truncate">
        {attempt.error_class ? ERROR_CLASS[attempt.error_class].label : look.label}
        {attempt.changes.length > 0 && <span className="text-quiet"> · {effectSummary(attempt.changes)}</span>}
      </span>
      <span className="ml-auto flex shrink-0 items-center gap-3 text-quiet text-sm tabular-nums">
        {attempt.http_status !== null && <span className="font-mono">{attempt.http_status}</span>}
        {attempt.duration_ms !== null && <span className="max-sm:hidden">{duration(attempt.duration_ms)}</span>}
        <RelativeTime at={attempt.started_at} className="min-w-14 text-right" />
      </span>
    </>
  );
  if (!hasDetails(attempt)) return <div className="flex h-8 items-center gap-2 pr-6">{line}</div>;
  return (
    <details className="group/attempt">
      <summary className="-mx-2 flex h-8 cursor-pointer list-none items-center gap-2 rounded-md px-2 hover:bg-hover [&::-webkit-details-marker]:hidden">
        {line}
        <ChevronRight
          aria-hidden="true"
          className="-ml-1 size-3.5 shrink-0 text-faint transition-transform duration-150 group-open/attempt:rotate-90"
        />
      </summary>
      <AttemptDetails attempt={attempt} before={before} />
    </details>
  );
}
