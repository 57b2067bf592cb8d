import type { EventHistogram } from "@/lib/contract/history";
import { localTime } from "../format";
import { outcomeText, sumOf, totalOf } from "./histogram-text";

/** The histogram in words, for those who cannot see it: the sum, and the steps in which something happened. */
export function HistogramTable({ data }: { data: EventHistogram }) {
  return (
    // Around it: a table keeps its width whatever it is told.
    <div className="sr-only">
      <table>
        <caption>Events over time: {outcomeText(sumOf(data))}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Events</th>
          </tr>
        </thead>
        <tbody>
          {data.buckets
            .filter((bucket) => totalOf(bucket) > 0)
            .map((bucket) => (
              <tr key={bucket.at}>
                <th scope="row">{localTime(bucket.at)}</th>
                <td>{outcomeText(bucket)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
