import { ChevronRight } from "lucide-react";
import { memo } from "react";
import { pathOf, readableValue } from "../body/json-copy";
import type { JsonNode } from "../body/json-tree";
import { unfolds } from "../body/json-unfold";
import { CopyButton } from "../copy-button";
import { cn } from "../ui/cn";
import { PayloadName, PayloadValue } from "./payload-value";

/** Deeper rows are not indented any further. */
const DEEPEST_INDENT = 16;

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
        <PayloadName node={node} needle={needle} />
        <PayloadValue text={text} node={node} needle={needle} unfolded={unfolded} />
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
