/**
 * Decides whether a body may be shown and queried as JSON. The received bytes are always the record. `payload jsonb` is an
 * extra that Postgres must be able to store and to return, and that no reader may fail on.
 */
import { isUtf8 } from "node:buffer";
import type { ParseStatus } from "@/lib/contract/vocabulary";

const LARGEST_BYTES = 256 * 1024;
const DEEPEST = 64;
/** Deeper bodies are not parsed: printing such a value again overflows the stack. */
const DEEPEST_PARSED = 5_000;
/** jsonb keeps numbers as text of any length, and a few bytes of `1E131071` expand to gigabytes when read back. */
const LONGEST_NUMBER = 40;
const LARGEST_EXPONENT = 308;
/** 2^53 has 16 digits. */
const SHORTEST_BIG = 16;
/** The most that parsing a larger body may cost; beyond it, one parse blocks the event loop for 50 ms: see `costOf`. */
const LARGEST_COST = 160_000;

export interface ParsedBody {
  status: ParseStatus;
  /**
   * The result of JSON.parse, also where the status is not `ok`. Undefined when the body was not or cannot be parsed. Whole
   * numbers beyond 2^53, which JavaScript would round, are text with the digits as they were written.
   */
  value: unknown;
  /**
   * An object repeats a name, at any depth. JSON.parse and jsonb both keep the last value, so identity and payload agree.
   */
  hasRepeatedKeys?: true;
}

/** Never throws, takes time linear in the size, and does not recurse. */
export function parseBody(raw: Buffer): ParsedBody {
  const start = firstOfValue(raw);
  if (start === raw.length) return { status: "empty", value: undefined };
  const validText = isUtf8(raw);
  if (validText && !beginsJson(raw, start)) {
    // RFC 8259, section 8.1: a byte order mark must not be added, and parsers may refuse it, as Postgres does.
    return { status: hasByteOrderMark(raw) ? "invalid_json" : "not_json", value: undefined };
  }

  const traits = scan(raw, start);
  const small = raw.length <= LARGEST_BYTES;
  if (traits.depth > DEEPEST_PARSED) return { status: validText ? "too_deep" : "invalid_utf8", value: undefined };
  if (!small && costOf(traits) > LARGEST_COST) {
    return { status: validText ? "too_large" : "invalid_utf8", value: undefined };
  }

  const value = beginsJson(raw, start) ? parse(raw, traits.bigIntegers) : undefined;
  // Every colon outside of a string belongs to a name. When parsing returned fewer names, one was repeated.
  const isRepeating = value !== undefined && namesIn(value, traits.keys) < traits.keys;
  const parsed = { value, ...(isRepeating && { hasRepeatedKeys: true as const }) };
  if (!validText) return { status: "invalid_utf8", ...parsed };
  if (value === undefined) return { status: "invalid_json", value };
  if (!small) return { status: "too_large", ...parsed };
  return { status: traits.depth > DEEPEST ? "too_deep" : (traits.obstacle ?? "ok"), ...parsed };
}

/**
 * The number of names in the objects of a value, at most `most`. Does not recurse: a value may be thousands of levels deep.
 */
function namesIn(value: unknown, most: number): number {
  let names = 0;
  const waiting = [value];
  while (waiting.length > 0 && names < most) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) continue;
    const values = Object.values(next);
    if (!Array.isArray(next)) names += values.length;
    for (const one of values) if (typeof one === "object" && one !== null) waiting.push(one);
  }
  return names;
}

function firstOfValue(raw: Buffer): number {
  let at = 0;
  while (at < raw.length && isSpace(raw[at] as number)) at++;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** An object, array, string, number, or the first letter of true, false and null. */
function beginsJson(raw: Buffer, start: number): boolean {
  return '{["-0123456789tfn'.includes(String.fromCharCode(raw[start] ?? 0));
}

function hasByteOrderMark(raw: Buffer): boolean {
  return raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf;
}

interface Traits {
  depth: number;
  containers: number;
  commas: number;
  keys: number;
  /** The positions of whole numbers that JavaScript cannot hold: [from, to]. */
  bigIntegers: [number, number][];
  obstacle?: "nul_character" | "lone_surrogate" | "giant_number";
}

/** One pass over the bytes. Stops early when the remaining bytes cannot change the answer. */
function scan(raw: Buffer, start: number): Traits {
  const traits: Traits = { depth: 0, containers: 0, commas: 0, keys: 0, bigIntegers: [] };
  let depth = 0;
  for (let at = start; at < raw.length; at++) {
    const byte = raw[at] as number;
    if (byte === 0x22) {
      at = scanString(raw, at + 1, traits);
    } else if (byte === 0x7b || byte === 0x5b) {
      traits.containers++;
      if (++depth > traits.depth) traits.depth = depth;
      if (depth > DEEPEST_PARSED) return traits;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    } else if (byte === 0x2c) {
      traits.commas++;
    } else if (byte === 0x3a) {
      traits.keys++;
    } else if (byte === 0x2d || isDigit(byte)) {
      at = scanNumber(raw, at, traits) - 1;
    }
  }
  return traits;
}

/** Returns the position of the closing quote. */
function scanString(raw: Buffer, from: number, traits: Traits): number {
  let at = from;
  while (at < raw.length && raw[at] !== 0x22) {
    if (raw[at] !== 0x5c) {
      at++;
      continue;
    }
    const unit = codeUnit(raw, at);
    at += unit === undefined ? 2 : 6;
    if (unit === 0) traits.obstacle ??= "nul_character";
    if (unit === undefined || unit < 0xd800 || unit > 0xdfff) continue;
    const next = codeUnit(raw, at);
    const isPair = unit < 0xdc00 && next !== undefined && next >= 0xdc00 && next <= 0xdfff;
    if (isPair) at += 6;
    else traits.obstacle ??= "lone_surrogate";
  }
  return at;
}

/** The value of a `\uXXXX` escape at this position. */
function codeUnit(raw: Buffer, at: number): number | undefined {
  if (raw[at] !== 0x5c || raw[at + 1] !== 0x75) return undefined;
  let unit = 0;
  for (let digitAt = at + 2; digitAt < at + 6; digitAt++) {
    const digit = hexDigit(raw[digitAt] ?? 0);
    if (digit === undefined) return undefined;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(byte: number): number | undefined {
  if (isDigit(byte)) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}

/** Returns the position after the number. */
function scanNumber(raw: Buffer, from: number, traits: Traits): number {
  let at = from;
  let exponentAt = -1;
  while (at < raw.length && isNumberByte(raw[at] as number)) {
    if (raw[at] === 0x65 || raw[at] === 0x45) exponentAt = at + 1;
    at++;
  }
  const isGiant = at - from > LONGEST_NUMBER || exponentIn(raw, exponentAt, at) > LARGEST_EXPONENT;
  if (isGiant) traits.obstacle ??= "giant_number";
  if (isBigInteger(raw, from, at)) traits.bigIntegers.push([from, at]);
  return at;
}

/** A name without quotes is not valid JSON, and must not become valid. */
function isBigInteger(raw: Buffer, from: number, to: number): boolean {
  if (to - from < SHORTEST_BIG) return false;
  let next = to;
  while (next < raw.length && isSpace(raw[next] as number)) next++;
  const text = raw.toString("latin1", from, to);
  return raw[next] !== 0x3a && /^-?[1-9]\d+$/.test(text) && !Number.isSafeInteger(Number(text));
}

/** The size of an exponent. Stops counting when the answer is clear. */
function exponentIn(raw: Buffer, from: number, to: number): number {
  let exponent = 0;
  for (let at = from; at !== -1 && at < to && exponent <= LARGEST_EXPONENT; at++) {
    const byte = raw[at] as number;
    if (isDigit(byte)) exponent = exponent * 10 + byte - 0x30;
  }
  return exponent;
}

function isNumberByte(byte: number): boolean {
  return isDigit(byte) || byte === 0x2e || byte === 0x2b || byte === 0x2d || byte === 0x65 || byte === 0x45;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Measured: an object key that was not seen before costs JSON.parse about eight times as much as a list or a comma. */
function costOf(traits: Traits): number {
  return traits.keys * 8 + traits.containers + traits.commas;
}

function parse(raw: Buffer, bigIntegers: readonly [number, number][]): unknown {
  try {
    return JSON.parse(quoted(raw, bigIntegers).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The text with quotes around those numbers. */
function quoted(raw: Buffer, places: readonly [number, number][]): Buffer {
  if (places.length === 0) return raw;
  const quote = Buffer.from('"');
  const pieces: Buffer[] = [];
  let done = 0;
  for (const [from, to] of places) {
    pieces.push(raw.subarray(done, from), quote, raw.subarray(from, to), quote);
    done = to;
  }
  return Buffer.concat([...pieces, raw.subarray(done)]);
}
