import Link from "next/link";
import type { Replay } from "@/lib/contract/replays";
import { OutcomeBar, roughOutcomes } from "../charts/outcome-bar";
import { selectionText } from "../filters/selection-text";
import { InertText } from "../inert-text";
import { ReplayStatusBadge } from "../status/replay-status";
import { resultText } from "../status/replay-text";
import type { Column } from "../table/data-table";
import { RelativeTime, useTimeFormat } from "../time";
import { cn } from "../ui/cn";

/** The width of each column of the list, and the window width from which it is shown. */
export const REPLAY_COLUMNS = {
  status: { title: "Status", className: "md:w-28" },
  replay: { title: "Replay", className: "" },
  reason: { title: "Reason", className: "md:max-lg:hidden" },
  actor: { title: "Asked by", className: "md:w-36 md:max-xl:hidden" },
  progress: { title: "Progress", className: "md:w-56" },
  asked: { title: "Asked", className: "md:w-24" },
} as const satisfies Record<string, Column>;

const cell =
  "h-11 border-b px-2 first:pl-3 last:pr-3 max-md:h-auto max-md:border-0 max-md:p-0 max-md:first:pl-0 max-md:last:pr-0";

/** One replay. The link in it covers the whole row. */
export function ReplayRow({ replay }: { replay: Replay }) {
  const selection = selectionText(replay, useTimeFormat());
  return (
    <tr
      data-testid="replay-row"
      className="relative transition-colors duration-150 hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:py-2.5"
    >
      <td className={cn(cell, REPLAY_COLUMNS.status.className, "max-md:col-start-1 max-md:row-start-2")}>
        <ReplayStatusBadge status={replay.status} />
      </td>
      <td className={cn(cell, "max-md:col-span-2 max-md:row-start-1")}>
        <span className="flex min-w-0 items-baseline gap-2">
          <Link
            href={`/replays/${replay.id}`}
            prefetch={false}
            className="min-w-0 truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
          >
            <InertText text={selection} />
          </Link>
          <span className="shrink-0 font-mono text-faint text-sm">{replay.id}</span>
        </span>
      </td>
      <td
        className={cn(
          cell,
          REPLAY_COLUMNS.reason.className,
          "truncate text-quiet max-md:col-span-2 max-md:row-start-4",
        )}
        title={replay.reason}
      >
        <InertText text={replay.reason} />
      </td>
      <td className={cn(cell, REPLAY_COLUMNS.actor.className, "truncate text-quiet max-md:hidden")}>
        <InertText text={replay.actor} />
      </td>
      <td className={cn(cell, REPLAY_COLUMNS.progress.className, "max-md:col-span-2 max-md:row-start-3")}>
        <span className="flex items-center gap-2.5">
          <OutcomeBar outcomes={roughOutcomes(replay)} inProgress={replay.in_progress} rough />
          <span
            data-testid="replay-result"
            className="w-32 shrink-0 whitespace-nowrap text-right text-quiet text-sm tabular-nums"
          >
            {resultText(replay)}
          </span>
        </span>
      </td>
      <td
        className={cn(
          cell,
          REPLAY_COLUMNS.asked.className,
          "text-quiet tabular-nums max-md:col-start-2 max-md:row-start-2 max-md:text-right",
        )}
      >
        <span className="relative z-1">
          <RelativeTime at={replay.created_at} />
        </span>
      </td>
    </tr>
  );
}
