import type { Destination } from "@/lib/contract/destinations";
import { cn } from "../ui/cn";
import { DESTINATION_COLUMNS } from "./destination-columns";
import { DestinationRow } from "./destination-row";

/** Destinations as a table; on a phone each row becomes three lines. */
export function DestinationTable({ destinations }: { destinations: Destination[] }) {
  return (
    <table className="-mx-3 w-[calc(100%+1.5rem)] table-fixed border-separate border-spacing-0 max-md:mx-0 max-md:block max-md:w-full max-md:border-t">
      <caption className="sr-only">Destinations, those that need attention first</caption>
      <thead className="sticky top-12 z-10 bg-page max-md:sr-only">
        <tr>
          {Object.entries(DESTINATION_COLUMNS).map(([key, { title, className, numeric }]) => (
            <th
              key={key}
              scope="col"
              className={cn(
                "h-8 truncate border-b px-2 font-medium text-faint text-sm first:pl-3 last:pr-3",
                numeric ? "text-right" : "text-left",
                key === "hours" && "pl-6",
                className,
              )}
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-md:block">
        {destinations.map((destination) => (
          <DestinationRow key={destination.id} destination={destination} />
        ))}
      </tbody>
    </table>
  );
}
