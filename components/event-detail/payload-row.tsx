import { ChevronRight } from "lucide-react";
import { memo } from "react";
import { type JsonNode, type NodeKind, pathOf, readableValue, SHORT_LITERAL, unfolds } from "../body/json-tree";
import { CopyButton } from "../copy-button";
import { count, plural } from "../format";
import { InertText } from "../inert-text";
import { cn } from "../ui/cn";
import { splitByNeedle } from "./find-in-tree";

/** A longer value is cut even when unfolded: a browser cannot lay out a megabyte in one line. Copying takes all of it. */
const LONGEST_SHOWN = 20_000;
/** Deeper rows are not indented any further. */
const DEEPEST_INDENT = 16;

const TONE: Record<NodeKind, string> = {
  object: "text-faint",
  list: "text-faint",
  string: "text-teal",
  number: "text-blue",
  word: "text-violet",
};

interface PayloadRowProps {
  text: string;
  nodes: readonly JsonNode[];
  index: number;
  unfolded: boolean;
  /** The row has the keyboard focus. */
  active: boolean;
  /** Show what can be copied. */
  tools: boolean;
  needle: RegExp | null;
  /** The current match of the search. */
  current: boolean;
}

/** One member, item or value. The tree handles clicks and keys and finds rows by `data-index`. */
export const PayloadRow = memo(function PayloadRow(props: PayloadRowProps) {
  const { text, nodes, index, unfolded, active, tools, needle, current } = props;
  const node = nodes[index] as JsonNode;
  return (
    <div
      id={rowId(index)}
      role="treeitem"
      data-index={index}
      aria-level={node.level}
      aria-posinset={node.place}
      aria-setsize={nodes[node.parent]?.size ?? 1}
      aria-expanded={unfolds(node) ? unfolded : undefined}
      aria-selected={active}
      tabIndex={active ? 0 : -1}
      className={cn(
        "group/row relative flex min-h-6 scroll-mt-24 cursor-default items-start rounded-sm py-0.5 outline-offset-[-2px] hover:bg-hover",
        current &&
          "bg-[color-mix(in_oklab,var(--amber)_14%,transparent)] hover:bg-[color-mix(in_oklab,var(--amber)_18%,transparent)]",
      )}
      style={{ paddingInlineStart: `${Math.min(node.level - 1, DEEPEST_INDENT) * 1.125}rem` }}
    >
      <span aria-hidden="true" className="grid h-5 w-5 shrink-0 place-items-center text-faint">
        {unfolds(node) && (
          <ChevronRight className={cn("size-3 transition-transform duration-150", unfolded && "rotate-90")} />
        )}
      </span>
      <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">
        <Name node={node} needle={needle} />
        <Value text={text} node={node} needle={needle} unfolded={unfolded} />
      </span>
      {tools && (
        <span className="absolute top-0 right-0 flex rounded-sm bg-hover font-sans">
          <CopyButton text={pathOf(nodes, index)} what="path" label="Path" />
          <CopyButton text={readableValue(text, node)} what="value" label="Value" />
        </span>
      )}
    </div>
  );
});

export function rowId(index: number): string {
  return `payload-row-${index}`;
}

function Name({ node: { key }, needle }: { node: JsonNode; needle: RegExp | null }) {
  if (key === null) return null;
  return (
    <span className={typeof key === "number" ? "text-faint" : "text-ink"}>
      {typeof key === "number" ? key : <Marked text={key} needle={needle} />}
      <span className="text-faint">: </span>
    </span>
  );
}

function Value({
  text,
  node,
  needle,
  unfolded,
}: {
  text: string;
  node: JsonNode;
  needle: RegExp | null;
  unfolded: boolean;
}) {
  if (node.size > 0) {
    return (
      <span className="text-faint">
        {node.kind === "object" ? `{ ${plural(node.size, "key")} }` : `[ ${plural(node.size, "item")} ]`}
      </span>
    );
  }
  const shown = unfolded ? LONGEST_SHOWN : SHORT_LITERAL;
  const hidden = node.to - node.from - shown;
  return (
    <span className={TONE[node.kind]}>
      <Marked text={text.slice(node.from, Math.min(node.to, node.from + shown))} needle={needle} />
      {hidden > 0 && (
        <span className="text-faint">
          {` … ${count(hidden)} more characters`}
          {unfolded && ". Copy the value to get all of it"}
        </span>
      )}
    </span>
  );
}

function Marked({ text, needle }: { text: string; needle: RegExp | null }) {
  const parts = needle ? splitByNeedle(text, needle) : [text];
  return parts.map((part, position) =>
    position % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name
      <mark key={position} className="rounded-xs bg-[color-mix(in_oklab,var(--amber)_32%,transparent)] text-ink">
        <InertText text={part} />
      </mark>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      part !== "" && <InertText key={position} text={part} />
    ),
  );
}
