/**
 * Bytes as people may see them. Some providers put a secret into the body itself, and the URL with its token: both are
 * covered with asterisks, one per byte, so that everything else stands where it stood.
 */
import type { Provider } from "@/lib/providers/provider";
import { parseBody } from "./parse";

/** A shorter value would cover half of the body, and is no secret. */
const SHORTEST_VALUE = 4;
/** A body has one secret. One that claims to have thousands must not buy as many searches. */
const MOST_VALUES = 4;

type Masked = Pick<Provider, "slug" | "secretFields">;

/**
 * The same bytes when there is nothing to hide. `value` is the parsed body, for those who have it; null looks at the text
 * alone, which also works for a body that is cut off or no JSON.
 */
export function maskSecrets(
  bytes: Buffer,
  provider: Masked,
  value: unknown = parseBody(bytes).value,
  alsoHide: readonly string[] = [],
): Buffer {
  // One character per byte.
  const text = bytes.toString("latin1");
  const found = maskFields(text, provider);
  const values = [...[...alsoHide, ...secretValues(provider, value)].flatMap(spellings), ...found.values];
  const masked = maskValues(maskUrls(found.masked, provider), values);
  return masked === text ? bytes : Buffer.from(masked, "latin1");
}

/** Covers what is secret in an event wherever an answer repeats it, such as an endpoint that echoes its request. */
export function maskEcho(text: string, provider: Masked, body: Buffer): string {
  const found = maskFields(text, provider);
  const values = [...secretValues(provider, parseBody(body).value), ...found.values];
  return maskValues(maskUrls(found.masked, provider), values);
}

function secretValues({ secretFields = [] }: Masked, value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return secretFields
    .map((field) => (Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined))
    .filter((secret): secret is string => typeof secret === "string" && secret.length >= SHORTEST_VALUE);
}

/** As it stands in plain text and inside a JSON string, one character per byte. */
function spellings(secret: string): string[] {
  const written = [secret, JSON.stringify(secret).slice(1, -1), secret.replaceAll("/", "\\/")];
  return [...new Set(written)].map((text) => Buffer.from(text).toString("latin1"));
}

function maskValues(text: string, values: readonly string[]): string {
  return values.reduce((masked, value) => masked.replaceAll(value, () => "*".repeat(value.length)), text);
}

/** `"field": "value"` at any depth, also in JSON that stands inside a string of JSON, and `field=value`; with the values. */
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
    // Digits stay digits, or the body would no longer be JSON.
    masked += text.slice(from, start) + (isString ? "*" : "9").repeat(end - start);
    from = end;
    inJson.lastIndex = end;
  }
  const inForm = new RegExp(`((?:^|[?&])(?:${names})=)([^&\\s"]*)`, "g");
  masked += text.slice(from);
  masked = masked.replace(inForm, (_, name: string, secret: string) => name + "*".repeat(secret.length));
  return { masked, values: [...values] };
}

/** In a string inside `level` backslashes' worth of strings, a quote ends it that has just as many before it, or whole pairs more. */
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

/** Our own addresses: senders repeat the URL they post to, and the token in it is a secret. */
function maskUrls(text: string, { slug }: Masked): string {
  const url = new RegExp(`(api(?:\\\\*/)+webhooks(?:\\\\*/)+${slug}(?:\\\\*/)+)([\\w%.~+=-]+)`, "gi");
  return text.replace(url, (_, before: string, token: string) => before + "*".repeat(token.length));
}
