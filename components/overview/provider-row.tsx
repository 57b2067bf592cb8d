import Link from "next/link";
import type { OutcomeCounts, RatedCounts } from "@/lib/contract/analytics";
import type { EventFilter } from "@/lib/contract/event-filter";
import { count, percent } from "../format";
import { historyAddress } from "../links";
import { ProviderMark, providerName } from "../provider";
import { cn } from "../ui/cn";
import { rateChange } from "./change-text";

interface Column {
  title: string;
  name: keyof OutcomeCounts;
  /** The history filter behind the number; null when it links to the sources page. */
  filter: EventFilter | null;
  tone?: string;
}

/** The counted columns, in their order. */
export const COLUMNS: Column[] = [
  { title: "Received", name: "received", filter: {} },
  { title: "Delivered", name: "delivered", filter: { delivery_status: ["delivered"] } },
  { title: "Failed", name: "failed", filter: { attempts: 2 }, tone: "text-amber" },
  { title: "Dead", name: "dead", filter: { delivery_status: ["dead"] }, tone: "text-red" },
  { title: "Rejected", name: "rejected", filter: null },
];

/** The figures of one provider, or of all of them: `name` is null. */
export function ProviderRow(props: {
  name: string | null;
  totals: RatedCounts;
  previous: RatedCounts;
  filter: EventFilter;
}) {
  const { name, totals, previous, filter } = props;
  const rate = totals.success_rate;
  return (
    <tr className={cn("h-9 border-b", name === null && "font-medium")}>
      <th scope="row" className="font-medium">
        {name === null ? (
          "All"
        ) : (
          <span className="flex items-center gap-2">
            <ProviderMark slug={name} />
            {providerName(name)}
          </span>
        )}
      </th>
      <td className="text-right">
        <Figure href={rate === null || rate === 100 ? null : historyAddress({ ...filter, status: ["dead"] })}>
          {percent(rate)}
        </Figure>
      </td>
      <td className="px-4 text-right text-faint text-sm">
        {rate === null ? "" : rateChange(rate, previous.success_rate)}
      </td>
      {COLUMNS.map(({ title, name: outcome, filter: more, tone }) => (
        <td key={title} className={cn("text-right", totals[outcome] === 0 ? "text-faint" : tone)}>
          <Figure
            href={
              totals[outcome] === 0
                ? null
                : more === null
                  ? `/sources#${name ?? ""}`
                  : historyAddress({ ...filter, ...more })
            }
          >
            {count(totals[outcome])}
          </Figure>
        </td>
      ))}
    </tr>
  );
}

function Figure({ href, children }: { href: string | null; children: string }) {
  return href === null ? (
    children
  ) : (
    <Link href={href} prefetch={false} className="hover:underline">
      {children}
    </Link>
  );
}
