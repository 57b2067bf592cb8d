import { type JsonNode, type NodeKind, SHORT_LITERAL } from "../body/json-tree";
import { count, plural } from "../format";
import { InertText } from "../inert-text";
import { splitByNeedle } from "./find-in-tree";

/** A longer value is cut even when unfolded: a browser cannot lay out a megabyte in one line. Copying takes all of it. */
const LONGEST_SHOWN = 20_000;

const TONE: Record<NodeKind, string> = {
  object: "text-faint",
  list: "text-faint",
  string: "text-teal",
  number: "text-blue",
  word: "text-violet",
};

/** The key of a member or the place of an item. */
export function PayloadName({ node: { key }, needle }: { node: JsonNode; needle: RegExp | null }) {
  if (key === null) return null;
  return (
    <span className={typeof key === "number" ? "text-faint" : "text-ink"}>
      {typeof key === "number" ? key : <Marked text={key} needle={needle} />}
      <span className="text-faint">: </span>
    </span>
  );
}

/** A value, or how much is in an object or a list. A long one is cut. */
export function PayloadValue({
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
