/**
 * The parts of a JSON text as its exact bytes: what a sender wrote is never printed again. Goes one level deep, in time
 * linear in the size. It finds the parts and does not validate them: an invalid part only affects its own event.
 */

/** The bytes of each element of an array; undefined when the text is not one whole array, or has more than `most`. */
export function elementsOf(json: Buffer, most = Number.POSITIVE_INFINITY): Buffer[] | undefined {
  const elements: Buffer[] = [];
  const isWhole = eachPart(json, "[", "]", (from, to) => {
    elements.push(json.subarray(from, to));
    return elements.length <= most;
  });
  return isWhole && elements.every((element) => element.length > 0) ? elements : undefined;
}

/**
 * The values of an object by name; of a repeated name the last, as in JSON.parse. Empty when the text is not one whole
 * object.
 */
export function membersOf(json: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  const isWhole = eachPart(json, "{", "}", (from, to) => {
    const nameEnd = json[from] === QUOTE ? endOfString(json, from) : to;
    const colon = skipSpace(json, nameEnd, to);
    const name = json[colon] === COLON ? textOf(json.subarray(from, nameEnd)) : undefined;
    if (name !== undefined) members.set(name, json.subarray(skipSpace(json, colon + 1, to), to));
    return true;
  });
  return isWhole ? members : new Map();
}

/** The text of an object's member, by name. Undefined when it is not text. */
export function textMemberOf(json: Buffer, name: string): string | undefined {
  return textOf(membersOf(json).get(name) ?? Buffer.alloc(0));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * Calls back with the position of each part between the outer brackets, without the white space around it, until the
 * callback returns false.
 */
function eachPart(json: Buffer, open: string, close: string, part: (from: number, to: number) => boolean): boolean {
  const start = skipSpace(json, 0, json.length);
  if (json[start] !== open.charCodeAt(0)) return false;
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) at = endOfString(json, at) - 1;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
    const isEnd = depth === 0;
    if (!isEnd && !(depth === 1 && byte === COMMA)) continue;
    const partFrom = skipSpace(json, from, at);
    const partTo = skipSpaceBack(json, at, partFrom);
    const isNothing = isEnd && partFrom === partTo && from === start + 1;
    if (!isNothing && !part(partFrom, partTo)) return false;
    if (isEnd) return byte === close.charCodeAt(0) && skipSpace(json, at + 1, json.length) === json.length;
    from = at + 1;
  }
  return false;
}

/** The position after the closing quote of the string that begins at `from`. */
function endOfString(json: Buffer, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return Math.min(at + 1, json.length);
}

function skipSpace(json: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(json[at])) at++;
  return at;
}

function skipSpaceBack(json: Buffer, to: number, from: number): number {
  let at = to;
  while (at > from && isSpace(json[at - 1])) at--;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function textOf(json: Buffer): string | undefined {
  if (json[0] !== QUOTE) return undefined;
  try {
    return JSON.parse(json.toString("utf8"));
  } catch {
    return undefined;
  }
}
