/**
 * Lays JSON out in lines from its text. Values are never parsed, so that 64-bit ids, 1.10 and the order of keys stay
 * exactly as received.
 */

export type TokenKind = "key" | "string" | "number" | "word" | "mark";

export interface Token {
  kind: TokenKind;
  text: string;
}

export interface Line {
  depth: number;
  tokens: Token[];
  /** For a line that opens an object or a list: the index of the line that closes it. */
  closedBy?: number;
}

/** `text` must be valid JSON. */
export function jsonLines(text: string): Line[] {
  const lines: Line[] = [{ depth: 0, tokens: [] }];
  const open: number[] = [];
  const tokens = tokenise(text);
  const last = () => lines[lines.length - 1] as Line;
  const breakLine = () => lines.push({ depth: open.length, tokens: [] });

  tokens.forEach((token, index) => {
    const next = tokens[index + 1]?.text;
    if (token.text === "{" || token.text === "[") {
      last().tokens.push(token);
      if (next === "}" || next === "]") return;
      open.push(lines.length - 1);
      breakLine();
    } else if (token.text === "}" || token.text === "]") {
      const previous = tokens[index - 1]?.text;
      if (previous !== "{" && previous !== "[") {
        const opener = open.pop() as number;
        breakLine();
        (lines[opener] as Line).closedBy = lines.length - 1;
      }
      last().tokens.push(token);
    } else if (token.text === ",") {
      last().tokens.push(token);
      breakLine();
    } else if (token.text === ":") {
      last().tokens.push({ kind: "mark", text: ": " });
    } else {
      last().tokens.push(next === ":" ? { kind: "key", text: token.text } : token);
    }
  });
  return lines;
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (" \t\r\n\ufeff".includes(character)) {
      at += 1;
      continue;
    }
    const end = tokenEnd(text, at);
    tokens.push({ kind: kindOf(character), text: text.slice(at, end) });
    at = end;
  }
  return tokens;
}

function kindOf(first: string): TokenKind {
  if (first === '"') return "string";
  if ("{}[],:".includes(first)) return "mark";
  return "tfn".includes(first) ? "word" : "number";
}

function tokenEnd(text: string, start: number): number {
  const first = text.charAt(start);
  if ("{}[],:".includes(first)) return start + 1;
  if (first !== '"') {
    let end = start + 1;
    while (end < text.length && !" \t\r\n,:]}".includes(text.charAt(end))) end += 1;
    return end;
  }
  // A quote ends the string unless an odd number of backslashes stands before it.
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charAt(end - 1 - slashes) === "\\") slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}
