import type { JsonNode } from "../body/json-tree";
import { unfolds } from "../body/json-unfold";

interface Place {
  nodes: readonly JsonNode[];
  visible: readonly number[];
  open: ReadonlySet<number>;
  active: number;
}

/** What a key does in a tree: go to a node, or unfold or fold the active one. Null for other keys. */
export type TreeMove = { go: number | undefined } | { unfold: boolean };

/** As the ARIA Authoring Practices have it for trees. */
export function treeMove(key: string, { nodes, visible, open, active }: Place): TreeMove | null {
  const node = nodes[active] as JsonNode;
  const { size, parent } = node;
  const unfolded = unfolds(node) && open.has(active);
  const row = visible.indexOf(active);
  switch (key) {
    case "ArrowDown":
      return { go: visible[row + 1] };
    case "ArrowUp":
      return { go: visible[row - 1] };
    case "ArrowRight":
      if (unfolds(node) && !unfolded) return { unfold: true };
      return { go: size > 0 ? active + 1 : undefined };
    case "ArrowLeft":
      if (unfolded) return { unfold: false };
      return { go: parent >= 0 ? parent : undefined };
    case "Home":
      return { go: visible[0] };
    case "End":
      return { go: visible.at(-1) };
    case "Enter":
    case " ":
      return unfolds(node) ? { unfold: !unfolded } : { go: undefined };
    default:
      return null;
  }
}
