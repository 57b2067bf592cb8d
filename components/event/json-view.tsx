"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { count } from "../format";
import { InertText } from "../inert-text";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { jsonLines, type Line, type TokenKind } from "./json-lines";

/** More lines than this are shown on demand, so that a big payload opens at once. */
const FIRST_LINES = 1_000;

const TONE: Record<TokenKind, string> = {
  key: "text-ink",
  string: "text-teal",
  number: "text-blue",
  word: "text-violet",
  mark: "text-faint",
};

/** JSON with folding. Literals stand as they were received. */
export function JsonView({ text }: { text: string }) {
  const lines = useMemo(() => jsonLines(text), [text]);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const [all, setAll] = useState(false);

  function toggle(index: number) {
    const next = new Set(folded);
    if (!next.delete(index)) next.add(index);
    setFolded(next);
  }

  const shown: number[] = [];
  for (let index = 0; index < lines.length && (all || shown.length < FIRST_LINES); index += 1) {
    shown.push(index);
    const end = lines[index]?.closedBy;
    if (folded.has(index) && end !== undefined) index = end;
  }
  return (
    <div className="overflow-x-auto py-2 font-mono text-sm leading-5">
      {shown.map((index) => (
        <JsonLine key={index} line={lines[index] as Line} folded={folded.has(index)} onToggle={() => toggle(index)} />
      ))}
      {!all && lines.length > FIRST_LINES && (
        <Button size="sm" className="m-2 font-sans" onClick={() => setAll(true)}>
          Show all {count(lines.length)} lines
        </Button>
      )}
    </div>
  );
}

function JsonLine({ line, folded, onToggle }: { line: Line; folded: boolean; onToggle: () => void }) {
  const Chevron = folded ? ChevronRight : ChevronDown;
  return (
    <div className="flex pr-3 hover:bg-hover" style={{ paddingInlineStart: `${line.depth * 1.25}rem` }}>
      <span className="w-6 shrink-0 select-none text-center">
        {line.closedBy !== undefined && (
          <button
            type="button"
            onClick={onToggle}
            aria-expanded={!folded}
            aria-label={folded ? "Unfold" : "Fold"}
            className="text-faint hover:text-ink"
          >
            <Chevron className="inline size-3" />
          </button>
        )}
      </span>
      <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {line.tokens.map((token, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the tokens of a line never move
          <span key={position} className={cn(TONE[token.kind])}>
            <InertText text={token.text} />
          </span>
        ))}
        {folded && <span className="text-faint"> … </span>}
      </span>
    </div>
  );
}
