/**
 * JSON as a list of nodes, made from its text. Values are never parsed, so that 64-bit ids, 1.10 and the order of keys stay
 * exactly as received; and nothing recurses, so that no depth breaks it.
 */

export type NodeKind = "object" | "list" | "string" | "number" | "word";

export interface JsonNode {
  kind: NodeKind;
  /** The index of its parent; -1 for the root. */
  parent: number;
  /** 1 for the root, as ARIA counts levels. */
  level: number;
  /** Its position among its siblings, from 1. */
  place: number;
  /** The key as received, without its quotes; the index of an array item; null for the root. */
  key: string | number | null;
  /** Its offset in the text. */
  from: number;
  to: number;
  /** The number of its direct children. */
  size: number;
  /** The index after the last of its children. Children follow their parent directly. */
  end: number;
}

/** More nodes would cost a browser too much memory. */
export const MOST_NODES = 200_000;

/** A longer literal is cut until it is unfolded. */
export const SHORT_LITERAL = 400;

/** `text` must be valid JSON. Null when it has more than `MOST_NODES`. */
export function jsonTree(text: string): JsonNode[] | null {
  const nodes: JsonNode[] = [];
  const open: number[] = [];
  let name: string | null = null;
  let at = 0;

  const add = (kind: NodeKind, from: number, to: number) => {
    const parent = open.at(-1) ?? -1;
    const holder = nodes[parent];
    const key = holder === undefined ? null : holder.kind === "object" ? (name ?? "") : holder.size;
    if (holder) holder.size += 1;
    name = null;
    const place = holder?.size ?? 1;
    nodes.push({ kind, parent, level: open.length + 1, place, key, from, to, size: 0, end: nodes.length + 1 });
  };

  while (at < text.length) {
    const character = text.charAt(at);
    if (" \t\r\n\ufeff,:".includes(character)) {
      at += 1;
    } else if (character === "{" || character === "[") {
      add(character === "{" ? "object" : "list", at, at + 1);
      open.push(nodes.length - 1);
      at += 1;
    } else if (character === "}" || character === "]") {
      const closed = nodes[open.pop() ?? -1];
      at += 1;
      if (closed) Object.assign(closed, { to: at, end: nodes.length });
    } else {
      const end = literalEnd(text, at);
      if (character === '"' && name === null && nodes[open.at(-1) ?? -1]?.kind === "object") {
        name = text.slice(at + 1, end - 1);
      } else {
        add(kindOf(character), at, end);
      }
      at = end;
    }
    if (nodes.length > MOST_NODES) return null;
  }
  return nodes;
}

function kindOf(first: string): NodeKind {
  if (first === '"') return "string";
  return "tfn".includes(first) ? "word" : "number";
}

function literalEnd(text: string, start: number): number {
  if (text.charAt(start) !== '"') {
    let end = start + 1;
    while (end < text.length && !" \t\r\n,:]}".includes(text.charAt(end))) end += 1;
    return end;
  }
  // A quote ends the string unless an odd number of backslashes precedes it.
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charAt(end - 1 - slashes) === "\\") slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}
