import type { JsonSchema } from "@/lib/contract/openapi-document";
import { rowsOf, typeText } from "./field-rows";

/** The fields of a schema as a table. The fields of an object follow below it, prefixed with its name. */
export function FieldTable({ caption, schema, isAnswer }: { caption: string; schema: JsonSchema; isAnswer?: boolean }) {
  const rows = rowsOf(schema, schema.$defs as Record<string, JsonSchema> | undefined);
  if (rows.length === 0) return null;
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left text-sm">
        <caption className="pb-1 text-left font-medium text-base">{caption}</caption>
        <tbody className="divide-y divide-line border-line border-y">
          {rows.map(({ name, field, isRequired }) => (
            <tr key={name} className="align-baseline">
              <th scope="row" className="py-1 pr-4 font-mono font-normal">
                {name}
                {isRequired && !isAnswer && <span className="text-red"> required</span>}
              </th>
              <td className="py-1 pr-4 text-quiet">{typeText(field)}</td>
              <td className="py-1 text-quiet">
                {field.description}
                {field.default !== undefined && !isAnswer && ` Default: ${JSON.stringify(field.default)}.`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
