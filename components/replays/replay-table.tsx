import type { Replay } from "@/lib/contract/replays";
import { cn } from "../ui/cn";
import { REPLAY_COLUMNS } from "./replay-columns";
import { ReplayRow } from "./replay-row";

/** Replays as a table; on a phone each row becomes three lines. */
export function ReplayTable({ replays }: { replays: Replay[] }) {
  return (
    <table className="-mx-3 w-[calc(100%+1.5rem)] table-fixed border-separate border-spacing-0 max-md:mx-0 max-md:block max-md:w-full">
      <caption className="sr-only">Replays, newest first</caption>
      <thead className="sticky top-12 z-10 bg-page max-md:sr-only">
        <tr>
          {Object.entries(REPLAY_COLUMNS).map(([key, { title, className }]) => (
            <th
              key={key}
              scope="col"
              className={cn(
                "h-8 truncate border-b px-2 text-left font-medium text-faint text-sm first:pl-3 last:pr-3",
                className,
              )}
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-md:block">
        {replays.map((replay) => (
          <ReplayRow key={replay.id} replay={replay} />
        ))}
      </tbody>
    </table>
  );
}
