/**
 * Reading JSON from outside. A verified event may still have any value in any field, so nothing here throws, and every
 * returned value can be stored as text.
 */

import { randomUUID } from "node:crypto";
import { sha256Hex } from "./hmac";
import { membersOf } from "./json-bytes";
import { InvalidPayload, type Json, type ProjectableEvent, type RawRequest } from "./provider";

const LONGEST_KEY_BYTES = 1024;
const LONGEST_NAME = 255;
const LONGEST_TEXT = 20_000;
const YEAR_10000 = 253_402_300_800;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

export const UNKNOWN_TYPE = "unknown";

/** The value at a path of own properties; undefined where the path ends early. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

/** The provider's id of an event; undefined when it cannot be a key: not text, empty, too long, unprintable. */
export function keyFrom(value: unknown): string | undefined {
  const text = printable(value);
  return text !== undefined && Buffer.byteLength(text) <= LONGEST_KEY_BYTES ? text : undefined;
}

/**
 * The key of an event without a usable id: equal bytes are the same event. Nothing equals nothing, though: an empty body is
 * named by the time that was signed with it, else by a random key.
 */
export function keyOfBody(request: RawRequest, signedAt?: number): string {
  if (!saysNothing(request.body)) return `sha256:${sha256Hex(request.body)}`;
  return signedAt === undefined ? `empty:${randomUUID()}` : `sha256:${sha256Hex(`${signedAt}.`, request.body)}`;
}

/**
 * The key of an event that only its fields name: two different bodies with the same fields are two events, until something
 * proves otherwise. `body` is what is equal on every retry.
 */
export function keyWithBody(fields: string, body: string | Buffer): string | undefined {
  return keyFrom(`${fields}:${sha256Hex(body).slice(0, 16)}`);
}

/** A larger body is not printed: that would block the thread. */
export const LARGE_BYTES = 256 * 1024;

/**
 * The members of a body without those that differ between copies of one event, as a fingerprint; of a large body as they were
 * written. Undefined when it is no object, or nested too deeply to print.
 */
export function membersInCommon(payload: unknown, content: Buffer, differ: ReadonlySet<string>): string | undefined {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return undefined;
  if (content.length > LARGE_BYTES) {
    const members = [...membersOf(content)].filter(([name]) => !differ.has(name));
    return members.map(([name, value]) => `${JSON.stringify(name)}:${value.toString("latin1")}`).join(",");
  }
  try {
    return JSON.stringify(Object.entries(payload).filter(([name]) => !differ.has(name)));
  } catch {
    return undefined;
  }
}

/** White space, or an empty object, list or text. */
export function saysNothing(body: Buffer): boolean {
  return body.length <= 64 && /^\s*(\{\s*\}|\[\s*\]|""|null)?\s*$/.test(body.toString("latin1"));
}

/** The event's type, cut to 255 characters; `unknown` where there is none. */
export function typeFrom(value: unknown): string {
  const text = printable(value);
  if (text === undefined) return UNKNOWN_TYPE;
  return text.length > LONGEST_NAME ? text.slice(0, LONGEST_NAME).replace(/[\ud800-\udbff]$/, "") : text;
}

/**
 * An id of an organisation, company or object. Numbers become their digits; an id that is too long is dropped, never cut.
 */
export function idFrom(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  const text = printable(value);
  return text !== undefined && text.length <= LONGEST_NAME ? text : undefined;
}

export function booleanFrom(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** Text that a person wrote, for a column: cut to `longest`, and without characters that Postgres cannot store. */
export function textFrom(value: unknown, longest = LONGEST_TEXT): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return value.slice(0, longest).toWellFormed().replaceAll("\0", "\uFFFD");
}

/** Unix seconds, with a fraction or without, as an ISO 8601 time. */
export function isoFromUnix(seconds: unknown): string | undefined {
  const inRange = typeof seconds === "number" && seconds >= 0 && seconds < YEAR_10000;
  return inRange ? new Date(seconds * 1000).toISOString() : undefined;
}

/**
 * An ISO 8601 time with a zone, in UTC and with up to six decimals; undefined for anything else. Printed again instead of
 * passed on, because JavaScript accepts 30 February and zones that Postgres refuses.
 */
export function isoFrom(value: unknown): string | undefined {
  const parts = typeof value === "string" ? ISO_TIME.exec(value) : null;
  if (parts === null) return undefined;
  const milliseconds = Date.parse(parts[0]);
  if (!(milliseconds >= 0 && milliseconds < YEAR_10000 * 1000)) return undefined;
  const fraction = parts[1] === undefined ? "" : parts[1].slice(0, 7);
  return `${new Date(milliseconds).toISOString().slice(0, 19)}${fraction}Z`;
}

/** `2026-11-29 13:08:04 UTC`, as Ruby prints it; with a T, a fraction, a zone or none of them. */
const LOOSE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?$/i;
/** `Sun, 29 Nov 2026 13:08:04 +0000` (RFC 9110, 5.6.7, and RFC 5322). */
const MAIL_TIME = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})$/;
/** Seconds reach this in the year 5138, milliseconds had passed it in 1973. */
const SMALLEST_MILLISECONDS = 100_000_000_000;

/**
 * A time in any of the ways in which providers write one, as ISO 8601 in UTC: with a zone, without (then it is UTC), or unix
 * seconds or milliseconds, as a number or its digits. Undefined for anything else.
 */
export function timeFrom(value: unknown): string | undefined {
  if (typeof value === "number") return isoFromUnix(value >= SMALLEST_MILLISECONDS ? value / 1000 : value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (/^\d{9,13}(\.\d{1,9})?$/.test(text)) return timeFrom(Number(text));
  if (MAIL_TIME.test(text)) return isoFromUnix(Date.parse(text) / 1000);
  const [, day, time, fraction, zone = "Z"] = LOOSE_TIME.exec(text) ?? [];
  if (day === undefined) return undefined;
  const offset = /^[+-]/.test(zone) ? zone.replace(/^(...):?/, "$1:") : "Z";
  return isoFrom(`${day}T${time}${fraction === undefined ? "" : `.${fraction}`}${offset}`);
}

/** The given values without the undefined ones: a change leaves a column alone when its event does not mention it. */
export function present(values: Record<string, Json | undefined>): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** The object at a path of an event's payload, for a projection. */
export function objectIn(event: ProjectableEvent, ...path: string[]): object {
  if (typeof event.payload !== "object" || event.payload === null) {
    throw new InvalidPayload("body", "expected JSON that could be kept as payload: see its parse status");
  }
  const object = at(event.payload, ...path);
  if (typeof object !== "object" || object === null) throw new InvalidPayload(path.join("."), "expected an object");
  return object;
}

/** Text that has more than white space, and no control characters or lone surrogates. */
function printable(value: unknown): string | undefined {
  const clean = typeof value === "string" && value.trim() !== "" && !/[\p{Cc}\p{Cs}]/u.test(value);
  return clean ? value : undefined;
}
