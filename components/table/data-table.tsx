import type { ComponentProps, ReactNode } from "react";
import { cn } from "../ui/cn";

/** A column: its width, and the window width from which it is shown. */
export interface Column {
  title: string;
  className?: string;
  /** Its values are numbers, aligned right. */
  numeric?: boolean;
  /** Classes for its head alone. */
  headClass?: string;
}

export type Columns = readonly Column[];

/**
 * A table on the page itself, or in a `section` of it. On a phone a row becomes a block of lines, and the head is only for
 * screen readers.
 */
export function DataTable({
  caption,
  columns,
  section = false,
  lead,
  className,
  children,
  ...table
}: {
  caption: string;
  columns: Columns;
  section?: boolean;
  /** A head cell before those of the columns. */
  lead?: ReactNode;
} & ComponentProps<"table">) {
  return (
    <table
      {...table}
      className={cn(
        "w-full table-fixed border-separate border-spacing-0 max-md:block",
        !section && "-mx-3 w-[calc(100%+1.5rem)] max-md:mx-0 max-md:w-full",
        className,
      )}
    >
      <caption className="sr-only">{caption}</caption>
      <thead className={cn("max-md:sr-only", !section && "sticky top-12 z-10 bg-page")}>
        <tr>
          {lead}
          {columns.map(({ title, className: width, numeric, headClass }) => (
            <th
              key={title}
              scope="col"
              className={cn(
                "h-8 truncate border-b px-2 font-medium text-faint text-sm",
                section ? "first:pl-0 last:pr-0" : "first:pl-3 last:pr-3",
                numeric ? "text-right" : "text-left",
                width,
                headClass,
              )}
            >
              {title === "Actions" ? <span className="sr-only">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-md:block">{children}</tbody>
    </table>
  );
}

/** The classes of a row and of a cell in it. */
export const rowClass =
  "transition-colors duration-150 hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:py-3";
export const cellClass =
  "border-b px-2 py-2 first:pl-3 last:pr-3 max-md:border-0 max-md:p-0 max-md:first:pl-0 max-md:last:pr-0";
