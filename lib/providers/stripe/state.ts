/**
 * The state of a subscription that an event carries, and the one it followed. An update has `previous_attributes`, the old
 * values of what it changed, so the whole object before it is known, too: https://docs.stripe.com/api/events/object. Both are
 * hashed, for `newest_state` of supabase/schemas/344_subscriptions.sql.
 */
import { sha256Hex } from "../hmac";
import type { Change, Json, ProjectableEvent } from "../provider";
import { at } from "../shape";

/** `columnsOf` reads our columns of an object. */
export function stateOf(
  event: ProjectableEvent,
  object: object,
  columnsOf: (object: object) => Record<string, Json>,
): Change["state"] {
  const previous = at(event.payload, "data", "previous_attributes");
  const before = isObject(previous) ? merged(object, previous) : undefined;
  const unknown = [event.eventKey, event.eventKey];
  return { before: hashes(before, columnsOf) ?? [null, null], after: hashes(object, columnsOf) ?? unknown };
}

/** Undefined where it is nested too deeply to print, or a before that is no subscription. */
function hashes(object: unknown, columnsOf: (object: object) => Record<string, Json>): string[] | undefined {
  if (!isObject(object)) return undefined;
  try {
    return [hashOf(object), hashOf(columnsOf(object))];
  } catch {
    return undefined;
  }
}

/** Objects are merged, anything else is replaced: Stripe names only the changed members of an object, but whole lists. */
function merged(now: unknown, previous: unknown): unknown {
  if (!isObject(now) || !isObject(previous)) return previous;
  const names = new Set([...Object.keys(now), ...Object.keys(previous)]);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      Object.hasOwn(previous, name) ? merged(at(now, name), at(previous, name)) : at(now, name),
    ]),
  );
}

function hashOf(value: unknown): string {
  return sha256Hex(JSON.stringify(canonical(value))).slice(0, 16);
}

/** With sorted names and without nulls: an attribute that was not there is null in `previous_attributes`. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, canonical(member)]);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
