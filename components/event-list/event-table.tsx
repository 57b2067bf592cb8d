import { type CSSProperties, useState } from "react";
import { useAfterFirstPaint } from "@/lib/client/use-hydrated";
import type { EventSummary } from "@/lib/contract/events";
import { DataTable } from "../table/data-table";
import { COLUMNS, type Column } from "./columns";
import { EventRow } from "./event-row";
import { useTablePreferences } from "./preferences-context";
import { RowCheckbox } from "./row-checkbox";
import type { RowSelection } from "./use-row-selection";

/** The rows of the first screen are drawn first, because people wait for them; the others follow. */
const AT_ONCE = 20;
/** With more columns than usual, the columns that can be cut get less space. */
const SHRINKS = new Set<Column>(["error", "key"]);
const CROWDED = { headClass: "xl:w-36" };

/** The events as a table; on a phone each row becomes two lines. Reports when a pointer is over it. */
export function EventTable({
  rows,
  ticking,
  cursor,
  addressOf,
  onPoint,
  onWalk,
}: {
  rows: EventSummary[];
  ticking: RowSelection;
  /** The event that keyboard shortcuts act on. */
  cursor: string | null;
  /** Must be a stable function, or every row is drawn again. */
  addressOf: (id: string) => string;
  onPoint: (over: boolean) => void;
  /** Keyboard focus entered or left the table: rows must not move then, either. */
  onWalk: (within: boolean) => void;
}) {
  const look = useTablePreferences();
  const crowded = look.columns.some((name) => "seldom" in COLUMNS[name]);
  const [atFirst] = useState(() => new Set(rows.map((event) => event.id)));
  const shown = useAfterFirstPaint() ? rows : rows.slice(0, AT_ONCE);
  return (
    <DataTable
      caption="Events, newest first"
      columns={look.columns.map((key) => ({ ...COLUMNS[key], ...(crowded && SHRINKS.has(key) && CROWDED) }))}
      lead={
        <th scope="col" className="w-9 border-b p-0 pl-1">
          <RowCheckbox
            label="Select all on this page"
            checked={ticking.page.all}
            some={ticking.page.some}
            onTick={() => ticking.tickPage(!ticking.page.all)}
          />
        </th>
      }
      style={{ "--row": look.roomy ? "2.75rem" : "2.25rem" } as CSSProperties}
      onPointerEnter={(event) => event.pointerType === "mouse" && onPoint(true)}
      onPointerLeave={() => onPoint(false)}
      onFocus={(event) => event.target.matches(":focus-visible") && onWalk(true)}
      onBlur={() => onWalk(false)}
    >
      {shown.map((event) => (
        <EventRow
          key={event.id}
          event={event}
          href={addressOf(event.id)}
          look={look}
          current={event.id === cursor}
          arrived={!atFirst.has(event.id)}
          ticked={ticking.ticked.has(event.id)}
          onTick={ticking.tickRow}
        />
      ))}
      {shown.length < rows.length && (
        <tr
          style={{ "--rest": rows.length - shown.length } as CSSProperties}
          className="h-[calc(var(--row)*var(--rest))] max-md:block max-md:h-[calc(4.125rem*var(--rest))]"
        />
      )}
    </DataTable>
  );
}
