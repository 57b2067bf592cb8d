/**
 * What the API clients of providers that list objects have in common: the webhook that an object would have been announced
 * with, and which entries of a list belong to a window.
 */
import { ApiFailure, type Entry, type ProviderApi, type Window } from "./api";
import { sha256Hex } from "./hmac";
import type { HeaderPairs, Json } from "./provider";

/** A webhook that we make of an object, in JSON as its provider writes it. */
export function webhookOf(body: Json, headers: HeaderPairs = []): NonNullable<Entry["webhook"]> {
  return {
    body: Buffer.from(JSON.stringify(body)),
    headers: [["Content-Type", "application/json"], ...headers],
  };
}

/** Whether it happened within the window: from its start, before its end. */
export function isWithin({ from, to }: Window, time: string | undefined): boolean {
  const at = time === undefined ? Number.NaN : Date.parse(time);
  return at >= from.getTime() && at < to.getTime();
}

/** A time in whole seconds, for keys: an API and a webhook write the same time with and without a fraction. */
export function inSeconds(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}

/**
 * The time that a rebuilt webhook has: a microsecond before the real one. Where both are here, the real one's values remain,
 * which may be written in another way.
 */
export function justBefore(iso: string): string {
  const [, second = "", fraction = ""] = /^(.{19})(?:\.(\d{1,6}))?/.exec(iso) ?? [];
  const micros = BigInt(Date.parse(`${second}Z`)) * 1_000n + BigInt(fraction.padEnd(6, "0")) - 1n;
  return `${new Date(Number(micros / 1_000_000n) * 1_000).toISOString().slice(0, 19)}.${String(micros % 1_000_000n).padStart(6, "0")}Z`;
}

/** A person in a key: keys outlive a request to be forgotten, so they have no address and no name. */
export function personIn(key: string): string {
  return sha256Hex(key.trim().toLowerCase()).slice(0, 16);
}

/** What is asked for of a source that takes one type only. */
export function boundTo(window: Window, type: string | undefined): Window {
  const bound = type?.trim();
  if (!bound) return window;
  return { ...window, types: asksFor(window, bound) ? [bound] : [] };
}

/** Whether events of a type are asked for. `invoice.*` stands for all that begin so. */
export function asksFor({ types }: Window, eventType: string): boolean {
  return types === undefined || types.some((wanted) => isType(wanted, eventType));
}

/**
 * Throws when the window asks for a type that the API does not list: nothing would be found, and that would be taken for
 * nothing missing.
 */
export function refuseUnlisted({ types = [] }: Window, listed: readonly string[], label: string): void {
  const unlisted = types.filter((wanted) => !listed.some((type) => isType(wanted, type)));
  if (unlisted.length === 0) return;
  const sentence = `${label}'s API does not list ${unlisted.join(", ")}. What can be checked: ${listed.join(", ")}.`;
  throw new ApiFailure("refused", sentence);
}

/** The entries of a page that are asked for. Lists return more: whole days, or what changed later. */
export function entriesWithin(window: Window, entries: readonly Entry[]): Entry[] {
  return entries.filter((entry) => asksFor(window, entry.eventType) && isWithin(window, entry.occurredAt));
}

/** Whether an address that a provider sends to is the endpoint, with whatever token at its end, and on whatever scheme. */
export function isEndpoint(address: unknown, endpointUrl: string): boolean {
  const theirs = placeOf(address);
  const ours = placeOf(endpointUrl.replace(/\/(?:\{token\}|%7Btoken%7D)\/?$/i, ""));
  return theirs !== undefined && ours !== undefined && (theirs === ours || theirs.startsWith(`${ours}/`));
}

/** The stored cursor as its client wrote it; `first` at the beginning of a window. */
export function cursorOf<Cursor>(cursor: Parameters<ProviderApi["list"]>[2], first: Cursor): Cursor {
  return cursor === null ? first : (cursor as Cursor);
}

function isType(wanted: string, type: string): boolean {
  const [name, written] = [type.toLowerCase(), wanted.toLowerCase()];
  return written.endsWith("*") ? name.startsWith(written.slice(0, -1)) : name === written;
}

function placeOf(address: unknown): string | undefined {
  if (typeof address !== "string" || !URL.canParse(address)) return undefined;
  const { host, pathname } = new URL(address);
  return `${host.toLowerCase()}${pathname.replace(/\/+$/, "")}`;
}
