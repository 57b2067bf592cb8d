/** Searches a payload: names and values as they were received, ignoring case. */
import type { JsonNode } from "../body/json-tree";

/** A pattern that matches the search text literally; null for an empty search. */
export function needleOf(search: string): RegExp | null {
  return search === "" ? null : new RegExp(search.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
}

/** The indices of the nodes whose name or own value has the needle, in the order of the text. */
export function findNodes(text: string, nodes: readonly JsonNode[], needle: RegExp): number[] {
  const found: number[] = [];
  nodes.forEach((node, index) => {
    if (has(needle, node.key) || (node.size === 0 && has(needle, text.slice(node.from, node.to)))) found.push(index);
  });
  return found;
}

/** The parts of a text: every second one is a match. */
export function splitByNeedle(text: string, needle: RegExp): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(needle)) {
    parts.push(text.slice(from, match.index), match[0]);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

function has(needle: RegExp, key: string | number | null): boolean {
  // A global regular expression remembers where it stopped.
  needle.lastIndex = 0;
  return typeof key === "string" && needle.test(key);
}
