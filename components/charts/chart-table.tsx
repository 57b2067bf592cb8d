import type { ReactNode } from "react";

/** A chart for those who cannot see it. The first cell of a row names it. */
export function ChartTable({
  caption,
  head,
  rows,
}: {
  caption: ReactNode;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}) {
  return (
    // The class hides a box; a table would keep its own width and widen the page.
    <div className="sr-only">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cells.map((cell, column) => (
                <td key={head[column + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
