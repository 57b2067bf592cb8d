import { InertText } from "../inert-text";
import type { Body } from "./body";
import { differences } from "./compare-json";

/** A longer value is cut: the whole bodies are below, or on a page of their own. */
const SHOWN_CHARACTERS = 1_000;

interface Side {
  name: string;
  body: Body;
}

/** Where two bodies differ, value by value. */
export function CompareTable({ left, right }: { left: Side; right: Side }) {
  const isJson = left.body.isJson && right.body.isJson && left.body.text !== null && right.body.text !== null;
  const found = isJson ? differences(left.body.text as string, right.body.text as string) : null;
  if (found === null) return <p className="text-quiet">These bodies are compared as bytes only.</p>;
  if (found.length === 0)
    return <p className="text-quiet">All values are equal. Only their order or spacing differs.</p>;
  return (
    <table className="w-full table-fixed text-sm">
      <thead className="text-left text-quiet">
        <tr>
          {["Field", left.name, right.name].map((name) => (
            <th key={name} scope="col" className="py-1 pr-3 font-normal">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="font-mono">
        {found.map(({ path, here, there }) => (
          <tr key={path} className="border-t align-top" data-testid="difference">
            {[path, here, there].map((text, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the three columns are fixed
              <td key={column} className="py-1 pr-3 [overflow-wrap:anywhere]">
                {text === null ? (
                  <span className="text-faint">–</span>
                ) : (
                  <InertText text={text.slice(0, SHOWN_CHARACTERS)} />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
