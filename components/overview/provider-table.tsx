import type { Analytics, OutcomeCounts } from "@/lib/contract/analytics";
import { SUCCESS_RATE_MEANS } from "./change-text";
import { timeFilter } from "./period";
import { COLUMNS, ProviderRow } from "./provider-row";
import { OUTCOMES } from "./volume-bars";

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
              <ProviderRow key={provider} {...counts} filter={{ ...time, provider_slug: [provider] }} name={provider} />
            ))}
            {seen.length > 1 && <ProviderRow totals={totals} previous={previous} filter={time} name={null} />}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The colour of its bars above: the headings are their legend. */
function colourOf(outcome: keyof OutcomeCounts): string | undefined {
  return OUTCOMES.find(({ name }) => name === outcome)?.colour;
}
