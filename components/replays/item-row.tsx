import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { ReplayItem } from "@/lib/contract/replays";
import { InertText } from "../inert-text";
import { MiddleTruncated } from "../middle-truncated";
import { ProviderMark } from "../provider";
import { ChangeRow } from "../status/change-row";
import { OutcomeLabel } from "../status/replay-status";
import type { Column } from "../table/data-table";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { ItemResult } from "./item-result";

/** The columns of a replay's items, and the window width from which each is shown. */
export const ITEM_COLUMNS = {
  outcome: { title: "Outcome", className: "md:w-36" },
  event: { title: "Event and key", className: "md:w-64" },
  destination: { title: "Destination", className: "md:w-32 md:max-lg:hidden" },
  proof: { title: "Proof", className: "" },
  ended: { title: "Ended", className: "md:w-20 text-right max-md:text-left" },
} as const satisfies Record<string, Column>;

const cell =
  "h-11 border-b px-2 first:pl-0 last:pr-0 max-md:h-auto max-md:border-0 max-md:p-0 max-md:self-center overflow-hidden";

/** One delivery of the replay: its outcome and the proof. Rows that changed can be unfolded. */
export function ItemRow({ item }: { item: ReplayItem }) {
  const [open, setOpen] = useState(false);
  const details = item.changes.length > 0;
  return (
    <>
      <tr
        data-testid="replay-item"
        className="max-md:grid max-md:grid-cols-[auto_minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:py-2.5"
      >
        <td className={cn(cell, ITEM_COLUMNS.outcome.className, "max-md:row-start-2")}>
          <OutcomeLabel outcome={item.outcome ?? "waiting"} />
        </td>
        <td className={cn(cell, ITEM_COLUMNS.event.className, "max-md:col-span-2 max-md:row-start-1")}>
          <span className="flex min-w-0 items-center gap-2.5">
            <ProviderMark slug={item.provider_slug} />
            <span className="min-w-0">
              <Link
                href={`/events/${item.event_id}`}
                prefetch={false}
                className="block truncate font-medium leading-4 underline-offset-2 hover:underline"
              >
                <InertText text={item.event_type} />
              </Link>
              <span className="block font-mono text-faint text-xs">
                <MiddleTruncated text={item.event_key} />
              </span>
            </span>
          </span>
        </td>
        <td className={cn(cell, ITEM_COLUMNS.destination.className, "truncate text-quiet max-md:hidden")}>
          {item.destination}
        </td>
        <td className={cn(cell, "max-md:col-span-2 max-md:col-start-2 max-md:row-start-2")}>
          <span className="flex min-w-0 items-center gap-1">
            {details && (
              <Button
                variant="ghost"
                size="icon"
                className="-ml-1 size-6"
                aria-expanded={open}
                aria-label={`${open ? "Hide" : "Show"} the rows of ${item.event_key}`}
                onClick={() => setOpen(!open)}
              >
                <ChevronRight className={cn("transition-transform duration-150", open && "rotate-90")} />
              </Button>
            )}
            <span className="min-w-0 truncate text-quiet">
              <ItemResult item={item} />
            </span>
          </span>
        </td>
        <td
          className={cn(
            cell,
            ITEM_COLUMNS.ended.className,
            "text-quiet tabular-nums max-md:col-start-3 max-md:row-start-1",
          )}
        >
          {item.finished_at ? <RelativeTime at={item.finished_at} /> : <span className="text-faint">–</span>}
        </td>
      </tr>
      {open && (
        <tr className="max-md:block">
          <td colSpan={Object.keys(ITEM_COLUMNS).length} className="border-b bg-sunken px-3 pt-1 pb-3 max-md:block">
            {item.changes.map((change) => (
              <ChangeRow key={`${change.table} ${JSON.stringify(change.key)}`} change={change} />
            ))}
          </td>
        </tr>
      )}
    </>
  );
}
