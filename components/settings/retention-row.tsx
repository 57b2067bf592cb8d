import type { RetentionOfClass } from "@/lib/contract/api/retention";
import { daysText, RETENTION_CLASS } from "@/lib/contract/retention-words";
import { plural, size } from "../format";
import { InertText } from "../inert-text";
import { cellClass, rowClass } from "../table/data-table";
import { ExactTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";

const kept = (days: number | null) => (days === null ? "For ever" : daysText(days));

/** One class: what it is, how long it is kept, how much there is, and when the oldest goes. */
export function RetentionRow({
  kept: one,
  mayChange,
  onChange,
}: {
  kept: RetentionOfClass;
  mayChange: boolean;
  onChange: () => void;
}) {
  const { label, meaning } = RETENTION_CLASS[one.class];
  return (
    <tr data-testid={`retention-${one.class}`} className={rowClass}>
      <td className={cn(cellClass, "max-md:col-span-2")}>
        <p className="font-medium">{label}</p>
        <p className="text-pretty text-quiet text-sm">{meaning}</p>
      </td>
      <td className={cellClass}>
        <p>
          <OnPhone>Kept</OnPhone> {kept(one.days)}
        </p>
        {one.organisations.map(({ organisation_id, days }) => (
          <p key={organisation_id} className="truncate text-quiet text-sm">
            <InertText text={organisation_id} />: {kept(days).toLowerCase()}
          </p>
        ))}
      </td>
      <td className={cn(cellClass, "text-quiet tabular-nums max-md:col-span-2 max-md:row-start-3")}>
        {one.rows === null || one.bytes === null ? (
          <span className="max-md:hidden">–</span>
        ) : (
          <>
            <p>
              <OnPhone>Stored</OnPhone> {size(one.bytes)}
            </p>
            {/* An estimate of Postgres, which a young table has none of. */}
            {one.rows > 0 && <p className="text-sm">about {plural(one.rows, "row")}</p>}
          </>
        )}
      </td>
      <td className={cn(cellClass, "text-quiet max-md:col-span-2 max-md:row-start-4")}>
        <OnPhone>Next to go</OnPhone> {one.next_at ? <ExactTime at={one.next_at} /> : "Nothing"}
        {one.oldest && (
          <p className="text-sm">
            oldest: <ExactTime at={one.oldest} />
          </p>
        )}
      </td>
      <td className={cn(cellClass, "text-right max-md:col-start-2 max-md:row-start-2")}>
        {mayChange && (
          <Button
            size="sm"
            data-testid={`change-${one.class}`}
            aria-label={`Change how long ${label} are kept`}
            onClick={onChange}
          >
            Change…
          </Button>
        )}
      </td>
    </tr>
  );
}

/** The name of a column, which a phone has no head for. */
function OnPhone({ children }: { children: string }) {
  return <span className="text-faint md:hidden">{children}:</span>;
}
