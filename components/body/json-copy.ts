/** What is copied of a node: its path, and its value as a reader wants it. */
import type { JsonNode } from "./json-tree";

/** The path of a node as JSONPath (RFC 9535): `$.data.object.id`, `$.items[0]['first name']`. */
export function pathOf(nodes: readonly JsonNode[], index: number): string {
  const steps: string[] = [];
  for (let node = nodes[index]; node && node.key !== null; node = nodes[node.parent]) steps.unshift(stepTo(node.key));
  return `$${steps.join("")}`;
}

function stepTo(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  const name = unescaped(`"${key}"`);
  if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`;
  const quoted = name.replace(/['\\]/g, "\\$&").replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (hidden) =>
    // Characters that hide or reorder text are escaped, one UTF-16 unit at a time as the RFC wants it.
    Array.from({ length: hidden.length }, (_, unit) => `\\u${hex4(hidden.charCodeAt(unit))}`).join(""),
  );
  return `['${quoted}']`;
}

/** What is copied of a value: a string without its quotes, anything else as it was received. */
export function readableValue(text: string, { kind, from, to }: JsonNode): string {
  const literal = text.slice(from, to);
  return kind === "string" ? unescaped(literal) : literal;
}

/** A string literal's text. */
function unescaped(literal: string): string {
  return JSON.parse(literal) as string;
}

function hex4(unit: number): string {
  return unit.toString(16).padStart(4, "0");
}
