import type { ChangeResult } from "@/lib/contract/events";
import { InertText } from "../inert-text";
import { cn } from "../ui/cn";
import { EFFECT } from "./effects";

/** One row: its table and key, whether it was created, updated or deleted, and each field before and after. */
export function ChangeRow({ change }: { change: ChangeResult }) {
  const effect = EFFECT[change.effect];
  const fields = changedFields(change);
  return (
    <div className="mt-3 first:mt-2">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className={cn("rounded-sm bg-tint px-1.5 font-medium text-sm", effect.tone)} title={effect.meaning}>
          {effect.label}
        </span>
        <code className="font-mono text-sm [overflow-wrap:anywhere]">
          {change.table}
          <span className="text-quiet">
            {" "}
            {Object.entries(change.key)
              .map(([column, value]) => `${column} = ${value}`)
              .join(", ")}
          </span>
        </code>
      </p>
      {change.undecided && (
        <p className="mt-1 text-amber text-sm">
          Order undecided for {change.undecided.join(", ")}: two events have the same time, and nothing in them says
          which came first.
        </p>
      )}
      {fields.length > 0 && (
        <table className="mt-1.5 w-full table-fixed font-mono text-sm">
          <thead className="sr-only">
            <tr>
              <th scope="col">Field</th>
              {change.before && <th scope="col">Before</th>}
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ name, before, after }) => (
              <tr key={name} className="border-t align-top [&>*]:py-1 [&>*]:pr-3 [&>*]:[overflow-wrap:anywhere]">
                <th scope="row" className="w-1/3 text-left font-normal text-quiet">
                  <InertText text={name} />
                </th>
                {before !== null && (
                  <td className="text-faint">
                    <InertText text={before} />
                  </td>
                )}
                <td>
                  <InertText text={after} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** The changed fields; all for a new row. Null before means there was no row. */
function changedFields({ before, after }: ChangeResult) {
  return Object.entries(after)
    .map(([name, value]) => ({ name, before: before ? literal(before[name]) : null, after: literal(value) }))
    .filter((field) => field.before !== field.after);
}

/** A value of a row, as text. */
export function literal(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "null");
}
