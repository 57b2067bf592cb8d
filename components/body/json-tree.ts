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

/** Whether there is more to see than its row shows at first. */
export function unfolds({ size, from, to }: JsonNode): boolean {
  return size > 0 || to - from > SHORT_LITERAL;
}

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

/** The path of a node as JSONPath (RFC 9535): `$.data.object.id`, `$.items[0]['first name']`. */
export function pathOf(nodes: readonly JsonNode[], index: number): string {
  const steps: string[] = [];
  for (let node = nodes[index]; node && node.key !== null; node = nodes[node.parent]) steps.unshift(stepTo(node.key));
  return `$${steps.join("")}`;
}

function stepTo(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  const name = unescaped(`"${key}"`);
  if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`;
  const quoted = name.replace(/['\\]/g, "\\$&").replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (hidden) =>
    // Characters that hide or reorder text are escaped, one UTF-16 unit at a time as the RFC wants it.
    Array.from({ length: hidden.length }, (_, unit) => `\\u${hex4(hidden.charCodeAt(unit))}`).join(""),
  );
  return `['${quoted}']`;
}

/** What is copied of a value: a string without its quotes, anything else as it was received. */
export function readableValue(text: string, { kind, from, to }: JsonNode): string {
  const literal = text.slice(from, to);
  return kind === "string" ? unescaped(literal) : literal;
}

/** A string literal's text. */
function unescaped(literal: string): string {
  return JSON.parse(literal) as string;
}

function hex4(unit: number): string {
  return unit.toString(16).padStart(4, "0");
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
