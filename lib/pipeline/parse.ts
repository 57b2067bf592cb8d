/**
 * Parses a body, and decides whether it may be shown and queried as JSON. The received bytes are always the record. `payload
 * jsonb` is an extra that Postgres must be able to store and to return, and that no reader may fail on. Its guard is the
 * status. Identity and projections take the value, which a body of any accepted size has.
 */
import { isUtf8 } from "node:buffer";
import type { ParseStatus } from "@/lib/contract/vocabulary";
import { runInTurns, runNow, type Steps } from "./in-turns";
import { KEY_COST, MOST_AT_ONCE, parsePart, parseParts } from "./parse-parts";

const LARGEST_BYTES = 256 * 1024;
const DEEPEST = 64;
/** Deeper bodies are not parsed: printing such a value again overflows the stack. */
const DEEPEST_PARSED = 5_000;
/** jsonb keeps numbers as text of any length, and a few bytes of `1E131071` expand to gigabytes when read back. */
const LONGEST_NUMBER = 40;
const LARGEST_EXPONENT = 308;
/** 2^53 has 16 digits. */
const SHORTEST_BIG = 16;
/** So many bytes are scanned before other work of the thread may go on. */
const SCANNED_AT_ONCE = 512 * 1024;

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
  return runNow(parsing(raw));
}

/**
 * The same, for a body of any size: a large one is parsed in steps of some milliseconds, one body at a time, and between two
 * steps the thread does its other work.
 */
export async function parseInTurns(raw: Buffer): Promise<ParsedBody> {
  return raw.length <= LARGEST_BYTES ? parseBody(raw) : runInTurns(() => parsing(raw));
}

/** The steps of `parseBody`. */
export function* parsing(raw: Buffer): Steps<ParsedBody> {
  const start = firstOfValue(raw);
  if (start === raw.length) return { status: "empty", value: undefined };
  const validText = isUtf8(raw);
  if (validText && !beginsJson(raw, start)) {
    // RFC 8259, section 8.1: a byte order mark must not be added, and parsers may refuse it, as Postgres does.
    return { status: hasByteOrderMark(raw) ? "invalid_json" : "not_json", value: undefined };
  }

  const traits = yield* scanning(raw, start);
  if (traits.depth > DEEPEST_PARSED) return { status: validText ? "too_deep" : "invalid_utf8", value: undefined };

  const { value, repeats } = beginsJson(raw, start) ? yield* jsonOf(raw, traits) : NOTHING;
  const parsed = { value, ...(repeats && { hasRepeatedKeys: true as const }) };
  if (!validText) return { status: "invalid_utf8", ...parsed };
  if (value === undefined) return { status: "invalid_json", value };
  if (raw.length > LARGEST_BYTES) return { status: "too_large", ...parsed };
  return { status: traits.depth > DEEPEST ? "too_deep" : (traits.obstacle ?? "ok"), ...parsed };
}

const NOTHING = { value: undefined, repeats: false };

function* jsonOf(raw: Buffer, traits: Traits) {
  return costOf(traits) > MOST_AT_ONCE
    ? yield* parseParts(raw, traits.bigIntegers)
    : parsePart(raw, traits.bigIntegers, traits.keys);
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
  /** Brackets that are open at this point of the scan. */
  open: number;
  /** The positions of whole numbers that JavaScript cannot hold: [from, to]. */
  bigIntegers: [number, number][];
  obstacle?: "nul_character" | "lone_surrogate" | "giant_number";
}

/** One pass over the bytes. Stops early when the remaining bytes cannot change the answer. */
function* scanning(raw: Buffer, start: number): Steps<Traits> {
  const traits: Traits = { depth: 0, containers: 0, commas: 0, keys: 0, bigIntegers: [], open: 0 };
  for (let at = start; at < raw.length; ) {
    at = scan(raw, at, Math.min(at + SCANNED_AT_ONCE, raw.length), traits);
    if (traits.depth > DEEPEST_PARSED) return traits;
    yield;
  }
  return traits;
}

/** Scans up to a position or a little further: a string or number is scanned whole. Returns where to go on. */
function scan(raw: Buffer, from: number, to: number, traits: Traits): number {
  let at = from;
  for (; at < to; at++) {
    const byte = raw[at] as number;
    if (byte === 0x22) {
      at = scanString(raw, at + 1, traits);
    } else if (byte === 0x7b || byte === 0x5b) {
      traits.containers++;
      if (++traits.open > traits.depth) traits.depth = traits.open;
      if (traits.open > DEEPEST_PARSED) return at;
    } else if (byte === 0x7d || byte === 0x5d) {
      traits.open--;
    } else if (byte === 0x2c) {
      traits.commas++;
    } else if (byte === 0x3a) {
      traits.keys++;
    } else if (byte === 0x2d || isDigit(byte)) {
      at = scanNumber(raw, at, traits) - 1;
    }
  }
  return at;
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

/** See `MOST_AT_ONCE`. */
function costOf(traits: Traits): number {
  return traits.keys * KEY_COST + traits.containers + traits.commas;
}
