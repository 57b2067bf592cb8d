"use client";

import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from "react";
import type { JsonNode } from "../body/json-tree";
import { unfolds } from "../body/json-unfold";
import { count, plural } from "../format";
import { Button } from "../ui/button";
import { PayloadRow, rowId } from "./payload-row";
import { PayloadSearch } from "./payload-search";
import { treeMove } from "./tree-keys";
import { DRAWN_ROWS, usePayloadTree } from "./use-payload-tree";

/** The height of what sticks to the top of the page: its top bar and the search. */
const TOP_LINES_PX = 96;

/** A payload to unfold, search and copy from. Only what is unfolded is drawn, and only a part of that at once. */
export function PayloadTree({ text, nodes }: { text: string; nodes: readonly JsonNode[] }) {
  const tree = usePayloadTree(text, nodes);
  const { visible, drawn, from, active, search } = tree;
  const [hovered, setHovered] = useState<number | null>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const wantsFocus = useRef(false);
  const currentMatch = search.matches[search.current];

  // After the row is drawn: focus follows the active row, but a search only scrolls to it.
  useEffect(() => {
    const row = document.getElementById(rowId(active));
    if (wantsFocus.current) row?.focus();
    wantsFocus.current = false;
  }, [active]);
  useEffect(() => {
    if (search.text !== "" && currentMatch !== undefined) {
      const row = document.getElementById(rowId(currentMatch));
      // A row may be taller than the window.
      bringIntoView(row?.querySelector("mark") ?? row);
    }
  }, [search.text, currentMatch]);

  function go(index: number | undefined) {
    if (index === undefined) return;
    wantsFocus.current = true;
    tree.reveal(index);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.target instanceof Element && event.target.closest("button")) return;
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const move = treeMove(event.key, { nodes, visible, open: tree.open, active });
    if (!move) return;
    event.preventDefault();
    if ("unfold" in move) tree.toggle(active, move.unfold);
    else go(move.go);
  }

  function onClick(event: MouseEvent) {
    const index = rowOf(event.target);
    if (index === null || (event.target as Element).closest("button") || getSelection()?.isCollapsed === false) return;
    if (unfolds(nodes[index] as JsonNode)) tree.toggle(index);
    else go(index);
  }

  return (
    <>
      <PayloadSearch tree={tree} text={text} />
      <EdgeButton show={from > 0} onPress={() => tree.turnTo(Math.max(0, from - DRAWN_ROWS))}>
        Show the rows before
      </EdgeButton>
      <div
        role="tree"
        aria-label="Payload"
        onKeyDown={onKeyDown}
        onClick={onClick}
        onPointerOver={(event) => setHovered(rowOf(event.target))}
        onPointerLeave={() => setHovered(null)}
        onFocus={(event) => setFocused(rowOf(event.target))}
        onBlur={(event) => {
          // The buttons must stay while the focus moves from a row to them.
          if (!event.currentTarget.contains(event.relatedTarget)) setFocused(null);
        }}
        className="py-2 font-mono text-sm leading-5"
      >
        {drawn.map((index) => (
          <PayloadRow
            key={index}
            {...{ text, nodes, index }}
            unfolded={tree.open.has(index)}
            active={index === active}
            tools={index === focused || index === hovered}
            needle={search.needle}
            current={search.needle !== null && index === currentMatch}
          />
        ))}
      </div>
      <EdgeButton show={from + drawn.length < visible.length} onPress={() => tree.turnTo(from + DRAWN_ROWS)}>
        Show the next rows
      </EdgeButton>
      {drawn.length < visible.length && (
        <p className="border-t py-2 text-quiet text-sm tabular-nums">
          Rows {count(from + 1)} to {count(from + drawn.length)} of {plural(visible.length, "unfolded row")} are drawn.
        </p>
      )}
    </>
  );
}

/** Scrolls only to rows out of sight, and centres them: the next match is often near. */
function bringIntoView(found: HTMLElement | null) {
  if (!found) return;
  const { top, bottom } = found.getBoundingClientRect();
  if (top < TOP_LINES_PX || bottom > window.innerHeight) found.scrollIntoView({ block: "center" });
}

function rowOf(target: EventTarget): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
  return row ? Number(row.dataset.index) : null;
}

function EdgeButton({ show, onPress, children }: { show: boolean; onPress: () => void; children: string }) {
  if (!show) return null;
  return (
    <Button size="sm" className="my-1" onClick={onPress}>
      {children}
    </Button>
  );
}
