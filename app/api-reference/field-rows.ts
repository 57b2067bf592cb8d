/** A JSON Schema as rows for people. */
import type { JsonSchema } from "@/lib/contract/openapi-document";

/** Names of deeper fields are longer than useful; the document has them. */
const DEEPEST = 3;

export interface FieldRow {
  /** `progress.total`, `events[].id`. */
  name: string;
  field: JsonSchema;
  isRequired: boolean;
}

type Definitions = Record<string, JsonSchema>;

/** Every field down to the third level; of a choice of bodies, the fields of each. */
export function rowsOf(schema: JsonSchema, definitions: Definitions = {}, prefix = "", depth = 1): FieldRow[] {
  const { properties, required = [], anyOf } = resolve(schema, definitions);
  if (!properties && anyOf) return unique(anyOf.flatMap((choice) => rowsOf(choice, definitions, prefix, depth)));
  return Object.entries(properties ?? {}).flatMap(([key, value]) => {
    const field = { ...resolve(value, definitions), ...(value.description && { description: value.description }) };
    const name = prefix + key;
    const inside = field.items ?? field;
    const below = depth < DEEPEST ? rowsOf(inside, definitions, `${name}${field.items ? "[]" : ""}.`, depth + 1) : [];
    return [{ name, field, isRequired: required.includes(key) }, ...below];
  });
}

/** `string, one of failed, dead`, `list of integer`, `time or null`. */
export function typeText({ type, enum: values, format, items, anyOf, const: only }: JsonSchema): string {
  if (values) return values.map(String).join(", ");
  if (only !== undefined) return JSON.stringify(only);
  if (anyOf) return [...new Set(anyOf.map(typeText))].join(" or ");
  if (type === "array") return `list of ${items ? typeText(items) : "anything"}`;
  if (format === "date-time") return "time";
  return [type ?? "object"].flat().join(" or ");
}

function resolve(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const name = String(schema.$ref ?? "")
    .split("/")
    .at(-1);
  return (name && definitions[name]) || schema;
}

function unique(rows: FieldRow[]): FieldRow[] {
  return [...new Map(rows.map((row) => [row.name, row])).values()];
}
