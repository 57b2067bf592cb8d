/**
 * The parts of a JSON text as the bytes they stand in, so that 64-bit ids, `1.10` and key order survive being passed on.
 * For texts that JSON.parse has accepted: nothing is checked here.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The values of an object by their names; of a repeated name the last, as JSON.parse takes it. */
export function membersOf(json: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  for (let at = skipSpace(json, skipSpace(json, 0) + 1); json[at] !== CLOSE_OBJECT; ) {
    const nameEnd = endOfValue(json, at);
    const name: string = JSON.parse(json.toString("utf8", at, nameEnd));
    const start = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = endOfValue(json, start);
    members.set(name, json.subarray(start, end));
    at = skipComma(json, end);
  }
  return members;
}

/** The values of a list. */
export function elementsOf(json: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = skipSpace(json, skipSpace(json, 0) + 1); json[at] !== CLOSE_LIST; ) {
    const end = endOfValue(json, at);
    elements.push(json.subarray(at, end));
    at = skipComma(json, end);
  }
  return elements;
}

function skipComma(json: Buffer, from: number): number {
  const at = skipSpace(json, from);
  return json[at] === COMMA ? skipSpace(json, at + 1) : at;
}

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (isSpace(json[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endOfValue(json: Buffer, start: number): number {
  let at = start;
  let depth = 0;
  do {
    const byte = json[at];
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
    if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--;
    if (byte === QUOTE) at = endOfString(json, at);
    else if (depth > 0 || byte === CLOSE_OBJECT || byte === CLOSE_LIST) at++;
    else at = endOfWord(json, at);
  } while (depth > 0 && at < json.length);
  return at;
}

function endOfString(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** A number, true, false or null. */
function endOfWord(json: Buffer, start: number): number {
  let at = start;
  while (at < json.length && !isSpace(json[at]) && ![COMMA, CLOSE_OBJECT, CLOSE_LIST].includes(json[at] as number))
    at++;
  return at;
}
