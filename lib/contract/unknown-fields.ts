/** Finds what a JSON schema does not know in a value, so that a misspelt name is reported instead of ignored. */
import type { JsonSchema } from "./openapi-document";

export interface Unknown {
  /** `criteria.statuss`; in a list with the position: `[3].eventTyp`. */
  field: string;
  /** The names that are known in its place. */
  known: string[];
}

/** The first unknown field of a value, in the order of its fields. Undefined when every field is known. */
export function findUnknownField(schema: JsonSchema, value: unknown): Unknown | undefined {
  return findIn(alternativesOf(schema, schema), value, "", schema);
}

/** What a caller probably meant by an unknown name: the known one it is part of, or differs from by two letters at most. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  if (wanted.length < 2) return undefined;
  const same = known.find((candidate) => plain(candidate) === wanted || ALIASES[wanted] === candidate);
  const part = known.find((candidate) => wanted.length > 2 && plain(candidate).startsWith(wanted));
  return same ?? part ?? known.find((candidate) => differ(plain(candidate), wanted) <= 2);
}

/** Names that callers use for ours, in small letters without separators. Only for the hint: none of them is accepted. */
const ALIASES: Readonly<Record<string, string>> = {
  type: "event_type",
  eventtypes: "event_type",
  organisationid: "org_id",
  organizationid: "org_id",
  merchantid: "org_id",
  from: "from_ts",
  to: "to_ts",
  since: "from_ts",
  until: "to_ts",
  pagesize: "limit",
};

function findIn(schemas: JsonSchema[], value: unknown, path: string, root: JsonSchema): Unknown | undefined {
  if (Array.isArray(value)) {
    const items = schemas.flatMap((schema) => (schema.items ? alternativesOf(schema.items, root) : []));
    return first(value.entries(), ([at, item]) => findIn(items, item, `${path}[${at}]`, root));
  }
  if (typeof value !== "object" || value === null) return undefined;
  const objects = schemas.filter((schema) => schema.properties);
  // Without an object that lists its fields, or with one that takes any: every name is known.
  if (objects.length === 0 || schemas.some(takesAnyField)) return undefined;
  return first(Object.entries(value), ([name, inner]) => {
    const meant = objects.flatMap((schema) =>
      Object.hasOwn(schema.properties ?? {}, name) ? alternativesOf(schema.properties?.[name] ?? {}, root) : [],
    );
    const field = path === "" ? name : `${path}.${name}`;
    if (meant.length > 0) return findIn(meant, inner, field, root);
    return { field, known: [...new Set(objects.flatMap((schema) => Object.keys(schema.properties ?? {})))] };
  });
}

function takesAnyField({ type, properties, additionalProperties }: JsonSchema): boolean {
  if (additionalProperties === undefined) return type === "object" && properties === undefined;
  return additionalProperties !== false;
}

/** A schema with its references followed, one by one where any of several may be meant. */
function alternativesOf(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const { $ref, anyOf, oneOf, allOf } = schema;
  if (typeof $ref === "string") {
    const name = $ref.split("/").at(-1) ?? "";
    return alternativesOf((root.$defs as Record<string, JsonSchema> | undefined)?.[name] ?? {}, root);
  }
  const several = [anyOf, oneOf, allOf].flatMap((list) => (list as JsonSchema[] | undefined) ?? []);
  return several.length > 0 ? several.flatMap((one) => alternativesOf(one, root)) : [schema];
}

function first<Item, Found>(items: Iterable<Item>, find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Levenshtein's distance, up to 3. */
function differ(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || Math.max(a.length, b.length) > 60) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const swap = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 3;
}
