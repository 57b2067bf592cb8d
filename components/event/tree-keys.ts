import type { JsonNode } from "./json-tree";

interface Place {
  nodes: readonly JsonNode[];
  visible: readonly number[];
  open: ReadonlySet<number>;
  active: number;
}

/** What a key means in a tree: to go to a node, or to unfold or fold the active one. Null for keys that mean nothing. */
export type TreeMove = { go: number | undefined } | { unfold: boolean };

/** As the ARIA Authoring Practices have it for trees. */
export function treeMove(key: string, { nodes, visible, open, active }: Place): TreeMove | null {
  const { size, parent } = nodes[active] as JsonNode;
  const unfolded = size > 0 && open.has(active);
  const row = visible.indexOf(active);
  switch (key) {
    case "ArrowDown":
      return { go: visible[row + 1] };
    case "ArrowUp":
      return { go: visible[row - 1] };
    case "ArrowRight":
      if (size === 0) return { go: undefined };
      return unfolded ? { go: active + 1 } : { unfold: true };
    case "ArrowLeft":
      if (unfolded) return { unfold: false };
      return { go: parent >= 0 ? parent : undefined };
    case "Home":
      return { go: visible[0] };
    case "End":
      return { go: visible.at(-1) };
    case "Enter":
    case " ":
      return size > 0 ? { unfold: !unfolded } : { go: undefined };
    default:
      return null;
  }
}
