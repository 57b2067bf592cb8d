import type { DestinationHealth } from "@/lib/contract/destinations";
import { count, duration, utcTime } from "../format";

/** The chart for those who cannot see it. */
export function HoursTable({ hours }: { hours: DestinationHealth["hours"] }) {
  return (
    // Around it: a table keeps its width whatever it is told.
    <div className="sr-only">
      <table>
        <caption>Attempts by hour</caption>
        <thead>
          <tr>
            <th scope="col">Hour</th>
            <th scope="col">Delivered</th>
            <th scope="col">Failed</th>
            <th scope="col">p95</th>
          </tr>
        </thead>
        <tbody>
          {hours.map(({ at, succeeded, failed, p95_ms }) => (
            <tr key={at}>
              <th scope="row">{utcTime(at)}</th>
              <td>{count(succeeded)}</td>
              <td>{count(failed)}</td>
              <td>{p95_ms === null ? "unknown" : duration(p95_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
