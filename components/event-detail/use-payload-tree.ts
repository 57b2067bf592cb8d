import { useDeferredValue, useMemo, useState } from "react";
import type { JsonNode } from "../body/json-tree";
import { firstOpen, unfolds, visibleNodes } from "../body/json-unfold";
import { findNodes, needleOf } from "./find-in-tree";

/** How many rows are unfolded when the page opens. */
const FIRST_ROWS = 250;
/** How many rows are drawn at once, however many are unfolded: laying out text is slow. */
export const DRAWN_ROWS = 400;

/** State of the payload tree: what is unfolded and drawn, which row is active, and what the search found. */
export function usePayloadTree(text: string, nodes: readonly JsonNode[]) {
  const [open, setOpen] = useState<ReadonlySet<number>>(() => firstOpen(nodes, FIRST_ROWS));
  const [active, setActive] = useState(0);
  const [from, setFrom] = useState(0);
  const [search, setSearch] = useState("");
  const [current, setCurrent] = useState(0);

  const visible = useMemo(() => visibleNodes(nodes, open), [nodes, open]);
  const asked = useDeferredValue(search);
  const needle = useMemo(() => needleOf(asked), [asked]);
  const matches = useMemo(() => (needle ? findNodes(text, nodes, needle) : []), [text, nodes, needle]);

  /** Makes a node the active one, and unfolds and draws what hides it. */
  function reveal(index: number, inSearch = false) {
    const next = new Set(open);
    for (let up = nodes[index]?.parent ?? -1; up >= 0; up = (nodes[up] as JsonNode).parent) next.add(up);
    // A match in a long value has to be visible.
    if (inSearch && unfolds(nodes[index] as JsonNode) && nodes[index]?.size === 0) next.add(index);
    if (next.size !== open.size) setOpen(next);
    draw(visibleNodes(nodes, next).indexOf(index));
    setActive(index);
  }

  function draw(row: number) {
    if (row < from || row >= from + DRAWN_ROWS) setFrom(Math.max(0, row - DRAWN_ROWS / 2));
  }

  function toggle(index: number, unfold = !open.has(index)) {
    const next = new Set(open);
    if (unfold) next.add(index);
    else next.delete(index);
    setOpen(next);
    setActive(index);
  }

  function setAll(unfold: boolean) {
    setOpen(new Set(unfold ? nodes.flatMap(({ size }, index) => (size > 0 ? [index] : [])) : [0]));
    setFrom(0);
    setActive(0);
  }

  return {
    open,
    visible,
    drawn: visible.slice(from, from + DRAWN_ROWS),
    from,
    /** Draws more rows, starting there. */
    turnTo(row: number) {
      setFrom(row);
      setActive(visible[row] ?? 0);
    },
    active,
    reveal,
    toggle,
    setAll,
    search: {
      text: search,
      needle,
      matches,
      /** The index of the current match. */
      current,
      ask(next: string) {
        setSearch(next);
        setCurrent(0);
        const found = needleOf(next);
        const [first] = found ? findNodes(text, nodes, found) : [];
        if (first !== undefined) reveal(first, true);
      },
      /** Wraps at the ends. */
      go(step: 1 | -1) {
        if (matches.length === 0) return;
        const next = (current + step + matches.length) % matches.length;
        setCurrent(next);
        reveal(matches[next] as number, true);
      },
    },
  };
}

export type PayloadTreeState = ReturnType<typeof usePayloadTree>;
