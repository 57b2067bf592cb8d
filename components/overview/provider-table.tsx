import Link from "next/link";
import type { Analytics, OutcomeCounts, RatedCounts } from "@/lib/contract/analytics";
import type { EventFilter } from "@/lib/contract/event-filter";
import { count, percent } from "../format";
import { historyAddress } from "../links";
import { ProviderMark, providerName } from "../provider";
import { cn } from "../ui/cn";
import { rateChange, SUCCESS_RATE_MEANS } from "./change-text";
import { timeFilter } from "./period";
import { OUTCOMES } from "./volume-bars";

interface Column {
  title: string;
  name: keyof OutcomeCounts;
  /** The history filter behind the number; null when it links to the sources page. */
  filter: EventFilter | null;
  tone?: string;
}

const COLUMNS: Column[] = [
  { title: "Received", name: "received", filter: {} },
  { title: "Delivered", name: "delivered", filter: { delivery_status: ["delivered"] } },
  { title: "Failed", name: "failed", filter: { attempts: 2 }, tone: "text-amber" },
  { title: "Dead", name: "dead", filter: { delivery_status: ["dead"] }, tone: "text-red" },
  { title: "Rejected", name: "rejected", filter: null },
];

/** Each provider's figures, compared with the period before. Every number links to what it counts. */
export function ProviderTable({ analytics }: { analytics: Analytics }) {
  const { providers, totals, previous } = analytics;
  const seen = providers.filter(({ totals }) => COLUMNS.some(({ name }) => totals[name] > 0));
  if (seen.length === 0) return null;
  const time = timeFilter(analytics);
  return (
    <section aria-labelledby="providers" className="mt-10">
      <h2 id="providers" className="border-b pb-2 font-medium">
        Providers
      </h2>
      <div className="overflow-x-auto">
        <table className="w-full min-w-[44rem] whitespace-nowrap text-left tabular-nums">
          <thead className="text-faint text-sm">
            <tr className="h-8 border-b *:font-normal">
              <th scope="col">Provider</th>
              <th scope="col" className="text-right" title={SUCCESS_RATE_MEANS}>
                Success rate
              </th>
              <th scope="col" className="px-4 text-right">
                Change
              </th>
              {COLUMNS.map(({ title, name }) => (
                <th key={title} scope="col" className="w-24 text-right">
                  {colourOf(name) && (
                    <span
                      aria-hidden="true"
                      className="mr-1.5 inline-block size-2 rounded-[2px]"
                      style={{ background: colourOf(name) }}
                    />
                  )}
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {seen.map(({ provider, ...counts }) => (
              <Row key={provider} {...counts} filter={{ ...time, provider_slug: [provider] }} name={provider} />
            ))}
            {seen.length > 1 && <Row totals={totals} previous={previous} filter={time} name={null} />}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row(props: { name: string | null; totals: RatedCounts; previous: RatedCounts; filter: EventFilter }) {
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

/** The colour of its bars above: the headings are their legend. */
function colourOf(outcome: keyof OutcomeCounts): string | undefined {
  return OUTCOMES.find(({ name }) => name === outcome)?.colour;
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
