/** Where two JSON texts differ, value by value, each as it was received. */
import { pathOf } from "./json-copy";
import { type JsonNode, jsonTree } from "./json-tree";

export interface Difference {
  path: string;
  /** As received; null where the text has no such value. */
  here: string | null;
  there: string | null;
}

/** The values that differ, in the order of the texts; at most `most`. Null when one of them is too large to compare. */
export function differences(here: string, there: string, most = 200): Difference[] | null {
  const [left, right] = [valuesOf(here), valuesOf(there)];
  if (left === null || right === null) return null;
  const found: Difference[] = [];
  for (const path of new Set([...left.keys(), ...right.keys()])) {
    const [one, other] = [left.get(path) ?? null, right.get(path) ?? null];
    if (one !== other) found.push({ path, here: one, there: other });
    if (found.length === most) break;
  }
  return found;
}

/** Every value that has no children, by its path. Of a repeated name the last, as everywhere. */
function valuesOf(text: string): Map<string, string> | null {
  const nodes = jsonTree(text);
  if (nodes === null || nodes.length > MOST_VALUES) return null;
  const leaves = nodes.map((node, index): [JsonNode, number] => [node, index]).filter(([node]) => node.size === 0);
  return new Map(leaves.map(([node, index]) => [pathOf(nodes, index), text.slice(node.from, node.to)]));
}

const MOST_VALUES = 20_000;
