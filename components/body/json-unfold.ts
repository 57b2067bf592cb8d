/** Which nodes of a JSON tree are open, and which rows are therefore shown. */
import { type JsonNode, SHORT_LITERAL } from "./json-tree";

/** Whether there is more to see than its row shows at first. */
export function unfolds({ size, from, to }: JsonNode): boolean {
  return size > 0 || to - from > SHORT_LITERAL;
}

/** The indices of the rows to draw when the nodes in `open` are unfolded. */
export function visibleNodes(nodes: readonly JsonNode[], open: ReadonlySet<number>): number[] {
  const visible: number[] = [];
  for (let index = 0; index < nodes.length; ) {
    visible.push(index);
    index = open.has(index) ? index + 1 : (nodes[index] as JsonNode).end;
  }
  return visible;
}

/** What is unfolded at first: level by level, up to so many rows. The root always is. */
export function firstOpen(nodes: readonly JsonNode[], mostRows: number): Set<number> {
  const open = new Set<number>();
  const levels: number[][] = [];
  nodes.forEach(({ size, level }, index) => {
    if (size === 0) return;
    levels[level] ??= [];
    levels[level].push(index);
  });
  let rows = 1;
  for (const level of levels.slice(1)) {
    for (const index of level) rows += (nodes[index] as JsonNode).size;
    if (rows > mostRows && open.size > 0) return open;
    for (const index of level) open.add(index);
  }
  return open;
}
