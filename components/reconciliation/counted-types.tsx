import type { Reconciliation } from "@/lib/contract/reconciliations";
import { count } from "../format";
import { InertText } from "../inert-text";
import { providerName } from "../provider";

/** What the provider counts without listing it, next to our count. Renders nothing for a provider that lists. */
export function CountedTypes({ run }: { run: Reconciliation }) {
  if (run.counted.length === 0) return null;
  return (
    <section aria-label="Counts" className="mt-7">
      <h2 className="font-semibold text-lg">Counts</h2>
      <p className="text-quiet">
        {providerName(run.provider_slug)} says how many there were, and not which. A difference can be seen, and not
        brought back.
      </p>
      <table className="mt-1 w-full max-w-xl">
        <thead className="text-left text-faint text-sm">
          <tr>
            <th scope="col" className="border-b py-1 font-medium">
              Type
            </th>
            {[providerName(run.provider_slug), "Here", "Difference"].map((name) => (
              <th key={name} scope="col" className="border-b py-1 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {run.counted.map(({ event_type, provider, received }) => (
            <tr key={event_type}>
              <td className="border-b py-1 font-mono text-sm [overflow-wrap:anywhere]">
                <InertText text={event_type} />
              </td>
              <td className="border-b py-1 text-right">{count(provider)}</td>
              <td className="border-b py-1 text-right">{count(received)}</td>
              <td
                className={
                  provider > received ? "border-b py-1 text-right text-red" : "border-b py-1 text-right text-quiet"
                }
              >
                {count(provider - received)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
