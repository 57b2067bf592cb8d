import type { Bucket } from "../charts/buckets";
import { count, percent, utcTime } from "../format";

/** The charts as a table, for screen readers. Times without anything are left out. */
export function BucketTable({ buckets }: { buckets: Bucket[] }) {
  return (
    // The class hides a box; a table would keep its own width and widen the page.
    <div className="sr-only">
      <table>
        <caption>Success rate and volume over time</caption>
        <thead>
          <tr>
            {["From", "Success rate", "Delivered", "Failed", "Dead", "Rejected"].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets
            .filter(({ total }) => total.received + total.delivered + total.failed + total.dead + total.rejected > 0)
            .map(({ from, total, rate }) => (
              <tr key={from}>
                <th scope="row">{utcTime(new Date(from).toISOString())}</th>
                <td>{percent(rate)}</td>
                <td>{count(total.delivered)}</td>
                <td>{count(total.failed)}</td>
                <td>{count(total.dead)}</td>
                <td>{count(total.rejected)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
