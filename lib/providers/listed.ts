/** Reads the lists of APIs: each element as a value, and as the bytes that the provider wrote. */
import { type ApiAnswer, ApiFailure, listIn } from "./api";
import { elementsOf, membersOf } from "./json-bytes";
import { at } from "./shape";

/** An element of a list. */
export interface Listed {
  value: unknown;
  /** As it was written: numbers above 2^53 keep their digits. */
  bytes: Buffer;
}

/** The elements of the list under `name`. A page that lacks it is an error: it never counts as an empty one. */
export function listedIn(answer: ApiAnswer, name: string, what: string): Listed[] {
  const values = listIn(at(answer.json, name), what);
  const bytes = elementsOf(membersOf(Buffer.from(answer.text)).get(name) ?? Buffer.alloc(0));
  if (bytes?.length !== values.length) throw new ApiFailure("malformed", `The list of ${what} cannot be read.`);
  return values.map((value, index) => ({ value, bytes: bytes[index] as Buffer }));
}

/** A required text of an answer. */
export function textOf(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ApiFailure("malformed", `The answer has no ${what}.`);
}

/** A required count or number of a page. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ApiFailure("malformed", `The answer has no ${what}.`);
}

/** Whether an ISO 8601 time is in a window. */
export function isWithin(time: string, { from, to }: { from: Date; to: Date }): boolean {
  const at = Date.parse(time);
  return at >= from.getTime() && at < to.getTime();
}

/**
 * Those that send to our endpoint, by host and path. An address of a source ends with a token that only its sender knows: an
 * `endpointUrl` with a slash at the end means those below it. Where there are none, the others count.
 */
export function sendingTo<T>(items: readonly T[], urlOf: (item: T) => unknown, endpointUrl: string): T[] {
  const ours = endpointOf(endpointUrl);
  const exact = items.filter((item) => endpointOf(urlOf(item)) === ours);
  const below = items.filter((item) => endpointOf(urlOf(item))?.startsWith(`${ours}/`));
  const [first, second] = endpointUrl.endsWith("/") ? [below, exact] : [exact, below];
  return first.length > 0 ? first : second;
}

function endpointOf(address: unknown): string | undefined {
  if (typeof address !== "string" || !URL.canParse(address)) return undefined;
  const { host, pathname } = new URL(address);
  return `${host}${pathname.replace(/\/+$/, "")}`;
}
