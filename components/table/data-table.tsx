import type { ReactNode } from "react";
import { cn } from "../ui/cn";

/** The tables of the settings. On a phone a row becomes a block of lines. */
export function DataTable({ caption, columns, children }: { caption: string; columns: Columns; children: ReactNode }) {
  return (
    <table className="-mx-3 w-[calc(100%+1.5rem)] table-fixed border-separate border-spacing-0 max-md:mx-0 max-md:block max-md:w-full">
      <caption className="sr-only">{caption}</caption>
      <thead className="sticky top-12 z-10 bg-page max-md:sr-only">
        <tr>
          {columns.map(({ title, className }) => (
            <th
              key={title}
              scope="col"
              className={cn(
                "h-8 truncate border-b px-2 text-left font-medium text-faint text-sm first:pl-3 last:pr-3",
                className,
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

/** How wide each column is, and from which window width on it is worth its room. */
export type Columns = readonly { title: string; className?: string }[];

/** The look of a row and of a cell in it. */
export const rowClass =
  "transition-colors duration-150 hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:py-3";
export const cellClass =
  "border-b px-2 py-2 first:pl-3 last:pr-3 max-md:border-0 max-md:p-0 max-md:first:pl-0 max-md:last:pr-0";
