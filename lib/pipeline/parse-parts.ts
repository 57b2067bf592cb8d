/**
 * JSON.parse for a text of any size, in steps. The text is cut between the elements of its large lists and objects; each
 * piece is parsed by JSON.parse and added to its list or object. Values and errors are those of JSON.parse of the whole.
 * Long because cutting, parsing and putting together share one walk over the bytes.
 */
import { logError } from "@/lib/log";
import type { Steps } from "./in-turns";

/** Measured: an object key that was not seen before costs JSON.parse about eight times as much as a list or a comma. */
export const KEY_COST = 8;
/** What is parsed in one step, by its cost: some 10 ms for keys that were never seen before, one or two for those of honest bodies. */
export const MOST_AT_ONCE = 32_000;
/** A piece also ends after so many bytes, at the end of the element. */
const BYTES_AT_ONCE = 1024 * 1024;
const PIECE = { cost: MOST_AT_ONCE, bytes: BYTES_AT_ONCE };

export interface Parsed {
  /** Undefined when it is not JSON. */
  value: unknown;
  /** An object repeats a name. */
  repeats: boolean;
}

type Places = readonly [number, number][];

/** Parses a short text. `keys` is the number of colons outside of its strings: each belongs to a name. */
export function parsePart(text: Buffer, bigIntegers: Places, keys: number): Parsed {
  try {
    const value: unknown = JSON.parse(quoted(text, bigIntegers, 0).toString("utf8"));
    return { value, repeats: namesIn(value, keys) < keys };
  } catch (error) {
    return unparsed(error);
  }
}

/** A list or object that is being made of several pieces. */
interface Large {
  value: unknown[] | Record<string, unknown>;
  isList: boolean;
  /** How many brackets are open within it. */
  depth: number;
  /** Where the first element begins that is not part of it yet. */
  next: number;
  /** Nothing was added yet, so it may end at once. */
  isEmpty: boolean;
  /** Its newest element is a `Large` that has ended at `next`: a comma or the end must follow. */
  needsComma: boolean;
}

/** Parses a text that is too expensive for one step. `bigIntegers` are the places of numbers that become text. */
export function* parseParts(text: Buffer, bigIntegers: Places, piece = PIECE): Steps<Parsed> {
  const cutter = new Cutter(text, bigIntegers, piece);
  try {
    for (let at = 0; at < text.length; ) {
      at = cutter.advance(at);
      yield;
    }
    return cutter.result();
  } catch (error) {
    return unparsed(error);
  }
}

/** A text that is not JSON. A mistake of ours must not lose an event, so that one is logged, and the bytes are stored. */
function unparsed(error: unknown): Parsed {
  // Too deep for JSON.parse, or too long for a string.
  const isExpected = error instanceof NotJson || error instanceof SyntaxError || error instanceof RangeError;
  if (!isExpected && (error as NodeJS.ErrnoException).code !== "ERR_STRING_TOO_LONG") logError("not_parsed", error);
  return { value: undefined, repeats: false };
}

class NotJson extends Error {}

class Cutter {
  private readonly large: Large[] = [];
  /** Per open bracket: where its current element begins, and what came before that. */
  private readonly starts: number[] = [];
  private readonly costs: number[] = [];
  private readonly brackets: number[] = [];
  private cost = 0;
  private keysAdded = 0;
  private namesAdded = 0;
  private repeats = false;
  private place = 0;
  private root: Large | undefined;
  private end = -1;

  constructor(
    private readonly text: Buffer,
    private readonly bigIntegers: Places,
    private readonly piece: typeof PIECE,
  ) {}

  /** Reads on until a piece is large enough, adds it, and returns where to go on. */
  advance(from: number): number {
    const { text } = this;
    const most = this.cost + this.piece.cost;
    const far = from + this.piece.bytes;
    let at = from;
    for (; at < text.length; at++) {
      const byte = text[at] as number;
      if (byte === 0x22) {
        at = endOfString(text, at);
        continue;
      }
      if (byte === 0x7b || byte === 0x5b) this.open(at, byte);
      else if (byte === 0x7d || byte === 0x5d) this.close(at, byte);
      else if (byte === 0x2c) this.comma(at);
      else if (byte === 0x3a) this.cost += KEY_COST;
      if (this.cost > most || at > far) {
        this.cut();
        return at + 1;
      }
    }
    return at;
  }

  result(): Parsed {
    if (!this.root || this.end < 0 || !isBlank(this.text, this.end, this.text.length)) throw new NotJson();
    return { value: this.root.value, repeats: this.repeats || this.namesAdded < this.keysAdded };
  }

  private open(at: number, byte: number): void {
    if (this.end >= 0) throw new NotJson();
    this.cost++;
    this.brackets.push(at);
    this.starts.push(at + 1);
    this.costs.push(this.cost);
    if (this.root) return;
    if (!isBlank(this.text, 0, at)) throw new NotJson();
    this.root = begin(byte, 1, at + 1);
    this.large.push(this.root);
  }

  private comma(at: number): void {
    this.cost++;
    const level = this.starts.length - 1;
    if (level < 0) throw new NotJson();
    const base = this.large.at(-1) as Large;
    if (base.needsComma && base.depth === level + 1) {
      if (!isBlank(this.text, base.next, at)) throw new NotJson();
      base.needsComma = false;
      base.next = at + 1;
    }
    this.starts[level] = at + 1;
    this.costs[level] = this.cost;
  }

  private close(at: number, byte: number): void {
    const base = this.large.at(-1);
    if (!base || this.starts.length === 0) throw new NotJson();
    const isBase = base.depth === this.starts.length;
    this.starts.pop();
    this.costs.pop();
    this.brackets.pop();
    if (!isBase) return;
    if (base.isList !== (byte === 0x5d)) throw new NotJson();
    this.finish(base, at);
    this.large.pop();
    const parent = this.large.at(-1);
    if (!parent) this.end = at + 1;
    else {
      parent.next = at + 1;
      parent.needsComma = true;
    }
  }

  /** The last elements of a list or object that ends here. */
  private finish(base: Large, at: number): void {
    const nothing = isBlank(this.text, base.next, at);
    if (base.needsComma ? !nothing : nothing && !base.isEmpty) throw new NotJson();
    if (!nothing) this.add(base, at);
  }

  /** Adds what is complete, and goes into an element that is large itself. */
  private cut(): void {
    for (let base = this.large.at(-1); base; ) {
      const level = base.depth - 1;
      const start = this.starts[level] as number;
      // Up to the comma before the element that is under way.
      if (start > base.next) this.add(base, start - 1);
      base.next = Math.max(base.next, start);
      const inner = this.brackets[level + 1];
      const isLarge = this.cost - (this.costs[level] as number) > this.piece.cost / 2;
      if (inner === undefined || !isLarge) return;
      const large = begin(this.text[inner] as number, level + 2, inner + 1);
      this.put(base, this.nameBefore(base, inner), large.value);
      base.isEmpty = false;
      this.large.push(large);
      base = large;
    }
  }

  /** The name of the element whose value begins here; undefined in a list. */
  private nameBefore(base: Large, at: number): string | undefined {
    if (base.isList) {
      if (!isBlank(this.text, base.next, at)) throw new NotJson();
      return undefined;
    }
    const member: object = JSON.parse(`{${this.text.toString("utf8", base.next, at)}null}`);
    const names = Object.keys(member);
    if (names.length !== 1) throw new NotJson();
    this.keysAdded++;
    this.namesAdded++;
    return names[0];
  }

  /** Parses the elements from `base.next` up to a position, and adds them. */
  private add(base: Large, to: number): void {
    const piece = this.text.subarray(base.next, to);
    const places = this.placesIn(base.next, to);
    const inner = quoted(piece, places, base.next).toString("utf8");
    const value = JSON.parse(base.isList ? `[${inner}]` : `{${inner}}`);
    if (Array.isArray(value)) {
      if (value.length === 0) throw new NotJson();
      for (const one of value) (base.value as unknown[]).push(one);
    } else {
      const entries = Object.entries(value as object);
      if (entries.length === 0) throw new NotJson();
      for (const [name, one] of entries) this.put(base, name, one);
    }
    // Counted up to the end of the piece: an element that is under way has keys of its own.
    const keys = colonsIn(this.text, base.next, to);
    this.keysAdded += keys;
    this.namesAdded += namesIn(value, keys);
    base.isEmpty = false;
    base.next = to + 1;
  }

  private put(base: Large, name: string | undefined, value: unknown): void {
    if (name === undefined) {
      (base.value as unknown[]).push(value);
      return;
    }
    const object = base.value as Record<string, unknown>;
    if (Object.hasOwn(object, name)) this.repeats = true;
    // As JSON.parse does: an own property, not the prototype.
    if (name === "__proto__") {
      Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
    } else object[name] = value;
  }

  /** Pieces come in the order of the text. */
  private placesIn(from: number, to: number): [number, number][] {
    const places: [number, number][] = [];
    for (let next = this.bigIntegers[this.place]; next && next[0] < to; next = this.bigIntegers[++this.place]) {
      if (next[0] >= from) places.push(next);
    }
    return places;
  }
}

function begin(byte: number, depth: number, next: number): Large {
  const isList = byte === 0x5b;
  return { value: isList ? [] : {}, isList, depth, next, isEmpty: true, needsComma: false };
}

/** The position of the closing quote of the string that begins here. */
function endOfString(text: Buffer, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== 0x22) at += text[at] === 0x5c ? 2 : 1;
  return at;
}

function colonsIn(text: Buffer, from: number, to: number): number {
  let colons = 0;
  for (let at = from; at < to; at++) {
    if (text[at] === 0x22) at = endOfString(text, at);
    else if (text[at] === 0x3a) colons++;
  }
  return colons;
}

function isBlank(text: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = text[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false;
  }
  return true;
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

/** The text with quotes around the numbers at these places, which count from `offset`. */
function quoted(text: Buffer, places: Places, offset: number): Buffer {
  if (places.length === 0) return text;
  const quote = Buffer.from('"');
  const pieces: Buffer[] = [];
  let done = 0;
  for (const [from, to] of places) {
    pieces.push(text.subarray(done, from - offset), quote, text.subarray(from - offset, to - offset), quote);
    done = to - offset;
  }
  return Buffer.concat([...pieces, text.subarray(done)]);
}
