import type { ReactNode } from "react";
import type { ReplayPreview, Split } from "@/lib/contract/replays";
import { EVENT_STATUS, type EventStatus } from "@/lib/contract/vocabulary";
import { count } from "../format";
import { InertText } from "../inert-text";
import { providerName } from "../provider";
import { EVENT_STATUS_STYLE } from "../status/event-status";
import { StatusIcon } from "../status/status-badge";
import { cn } from "../ui/cn";

const SHOWN = 5;

type Dimension = keyof ReplayPreview["by"];

const DIMENSIONS: Record<Dimension, { title: string; mono?: boolean }> = {
  destination: { title: "Destinations" },
  status: { title: "Now" },
  provider: { title: "Providers" },
  event_type: { title: "Types", mono: true },
  organisation: { title: "Organisations", mono: true },
};

/** How the selected events split, one line per dimension, biggest share first. */
export function SplitList({ by }: { by: ReplayPreview["by"] }) {
  return (
    <dl className="mt-2 grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 max-md:grid-cols-[5.5rem_minmax(0,1fr)]">
      {(Object.keys(DIMENSIONS) as Dimension[]).map((dimension) => {
        const split = by[dimension] ?? [];
        if (split.length === 0) return null;
        const { title, mono } = DIMENSIONS[dimension];
        return (
          <div key={dimension} className="contents">
            <dt className="text-quiet">{title}</dt>
            <dd className="flex min-w-0 flex-wrap gap-x-4 gap-y-0.5">
              {split.slice(0, SHOWN).map((share) => (
                <span key={share.value} className="inline-flex min-w-0 max-w-full items-baseline gap-1.5">
                  <span className={cn("min-w-0 truncate", mono && share.value !== null && "font-mono text-sm")}>
                    {shareName(dimension, share)}
                  </span>
                  <span className="whitespace-nowrap text-faint text-sm tabular-nums">× {count(share.count)}</span>
                </span>
              ))}
              {split.length > SHOWN && <span className="text-faint">and {count(split.length - SHOWN)} more</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function shareName(dimension: Dimension, { value }: Split): ReactNode {
  if (value === null) return <span className="text-faint">unknown</span>;
  if (dimension === "provider") return providerName(value);
  if (dimension !== "status") return <InertText text={value} />;
  const status = value as EventStatus;
  return (
    <span>
      <StatusIcon look={EVENT_STATUS_STYLE[status]} className="mr-1.5 inline-block align-[-2px]" />
      {EVENT_STATUS[status].label.toLowerCase()}
    </span>
  );
}
