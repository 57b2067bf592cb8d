/**
 * Bytes as users may see them. Some providers put a secret, or our URL with its token, into the body. Both are masked with
 * asterisks, one per byte, so that all other bytes keep their position.
 */
import { textMemberOf } from "@/lib/providers/json-bytes";
import type { Provider } from "@/lib/providers/provider";

/** A shorter value is not a secret, and masking it would hide half of the body. */
const SHORTEST_VALUE = 4;
/** A body has one secret. A body with thousands must not cause as many searches. */
const MOST_VALUES = 4;

type Masked = Pick<Provider, "slug" | "secretFields">;

/**
 * Returns the same bytes when there is nothing to mask. `alsoHide` are further secrets. Does not parse: it also works for a
 * body that is cut off or not JSON, and takes time linear in the size.
 */
export function maskSecrets(bytes: Buffer, provider: Masked, alsoHide: readonly string[] = []): Buffer {
  // One character per byte.
  const text = bytes.toString("latin1");
  const found = maskFields(text, provider);
  const values = [...[...alsoHide, ...secretValues(provider, bytes)].flatMap(spellings), ...found.values];
  const masked = maskValues(maskUrls(found.masked, provider), values);
  return masked === text ? bytes : Buffer.from(masked, "latin1");
}

/**
 * The received bytes as users may get them. `content` is what they unfold to: nothing can be masked within a compressed
 * body, so where that has a secret its masked content is shown instead.
 */
export function shownBytes(received: Buffer, content: Buffer, provider: Masked): { bytes: Buffer; isCovered: boolean } {
  const masked = maskSecrets(content, provider);
  return masked === content ? { bytes: received, isCovered: false } : { bytes: masked, isCovered: true };
}

/** Masks an event's secrets wherever an answer repeats them, e.g. that of an endpoint that echoes its request. */
export function maskEcho(text: string, provider: Masked, body: Buffer): string {
  const found = maskFields(text, provider);
  const values = [...secretValues(provider, body), ...found.values];
  return maskValues(maskUrls(found.masked, provider), values);
}

function secretValues({ secretFields = [] }: Masked, body: Buffer): string[] {
  return secretFields
    .map((field) => textMemberOf(body, field))
    .filter((secret) => secret !== undefined)
    .filter((secret) => secret.length >= SHORTEST_VALUE);
}

/** The secret in plain text and inside a JSON string, one character per byte. */
function spellings(secret: string): string[] {
  const written = [secret, JSON.stringify(secret).slice(1, -1), secret.replaceAll("/", "\\/")];
  return [...new Set(written)].map((text) => Buffer.from(text).toString("latin1"));
}

function maskValues(text: string, values: readonly string[]): string {
  return values.reduce((masked, value) => masked.replaceAll(value, () => "*".repeat(value.length)), text);
}

/**
 * Masks `"field": "value"` at any depth, also in JSON inside a string of JSON, and `field=value`. Returns the values, too.
 */
function maskFields(text: string, { secretFields = [] }: Masked): { masked: string; values: string[] } {
  if (secretFields.length === 0) return { masked: text, values: [] };
  const values = new Set<string>();
  const names = secretFields.map((field) => field.replace(/\W/g, "\\$&")).join("|");
  const inJson = new RegExp(`"(?:${names})(\\\\*)"\\s*:\\s*(?:\\1(")|(?=-?\\d))`, "g");
  let masked = "";
  let from = 0;
  for (let found = inJson.exec(text); found; found = inJson.exec(text)) {
    const start = inJson.lastIndex;
    const isString = found[2] !== undefined;
    const end = isString ? endOfString(text, start, found[1]?.length ?? 0) : endOfNumber(text, start);
    if (values.size < MOST_VALUES && end - start >= SHORTEST_VALUE) values.add(text.slice(start, end));
    // Digits are replaced by digits, or the body would no longer be JSON.
    masked += text.slice(from, start) + (isString ? "*" : "9").repeat(end - start);
    from = end;
    inJson.lastIndex = end;
  }
  const inForm = new RegExp(`((?:^|[?&])(?:${names})=)([^&\\s"]*)`, "g");
  masked += text.slice(from);
  masked = masked.replace(inForm, (_, name: string, secret: string) => name + "*".repeat(secret.length));
  return { masked, values: [...values] };
}

/**
 * Inside `level` backslashes' worth of strings, a quote ends the string when just as many are before it, or whole pairs
 * more.
 */
function endOfString(text: string, start: number, level: number): number {
  let backslashes = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") backslashes++;
    else if (text[at] === '"' && backslashes % (2 * (level + 1)) === level) return at - level;
    else backslashes = 0;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  return start + (/^[-\d.eE+]*/.exec(text.slice(start, start + 400))?.[0].length ?? 0);
}

/** Masks our own URLs: senders repeat the URL they post to, and the token in it is a secret. */
function maskUrls(text: string, { slug }: Masked): string {
  const url = new RegExp(`(api(?:\\\\*/)+webhooks(?:\\\\*/)+${slug}(?:\\\\*/)+)([\\w%.~+=-]+)`, "gi");
  return text.replace(url, (_, before: string, token: string) => before + "*".repeat(token.length));
}
