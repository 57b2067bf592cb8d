/**
 * The request of an event as a command for sh, bash and zsh, to our own endpoint, with the received bytes. Everything in it
 * comes from the sender, so the shell that it is pasted into must not interpret any of it.
 */
import type { EventDetail } from "@/lib/contract/events";
import { forgottenText } from "@/lib/contract/retention-words";

export type SentRequest = Pick<
  EventDetail,
  "id" | "method" | "path" | "headers" | "body_covered" | "body_cut" | "body_forgotten" | "redacted_at"
>;

const REDACTED = "[redacted]";
/** Linux takes no argument above 128 KB; a pipe takes any. */
const LONGEST_ARGUMENT = 100_000;
/** Headers that curl sets itself for its connection. */
const OF_THE_CONNECTION = new Set([
  "host",
  "content-length",
  "connection",
  "transfer-encoding",
  "keep-alive",
  "expect",
]);
/** A terminal acts on these when they are pasted, or shows other text than it runs. Line feeds and tabs are harmless. */
const UNSAFE_TO_PASTE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** `origin` as `https://redrive.example`. */
export function curlCommand(request: SentRequest, body: Uint8Array, origin: string): string {
  const kept = request.headers.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
  const sent = kept.filter(([name, value]) => value !== REDACTED && !UNSAFE_TO_PASTE.test(`${name}${value}`));
  const text = argumentOf(body);
  const isPiped = body.length > 0 && text === null;
  const lines = [
    `${isPiped ? `printf %s '${base64(body)}' | base64 -d | ` : ""}curl --globoff -sS -i -X ${quoted(request.method)} ${quoted(origin + request.path.replaceAll(REDACTED, "REDACTED"))}`,
    ...sent.map(([name, value]) => `-H ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`),
    // Without this header curl would send the body as a form.
    ...(body.length > 0 && !hasHeader(sent, "content-type") ? ["-H 'content-type:'"] : []),
    ...(body.length === 0 ? [] : [`--data-binary ${isPiped ? "@-" : quoted(text ?? "")}`]),
  ];
  return [...remarks(request, kept, sent), lines.join(" \\\n  ")].join("\n");
}

/** Quotes for sh: between single quotes only a single quote is special. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Differences from the original request, as comments. A shell may run them, so they hold no free text of the sender. */
function remarks(request: SentRequest, kept: [string, string][], sent: [string, string][]): string[] {
  const left = kept.filter((header) => !sent.includes(header)).map(([name]) => name);
  const named = left.filter((name) => /^[A-Za-z0-9-]{1,64}$/.test(name));
  const others = left.length - named.length;
  const list = [...named, ...(others > 0 ? [`${others} more`] : [])].join(", ");
  return [
    `# ${request.id}, as it was received`,
    ...(list ? [`# Left out, because signatures and credentials are never stored: ${list}`] : []),
    ...(list ? ["# Without them the request is rejected. Sign it again, or replay the event instead"] : []),
    ...(request.path.includes(REDACTED) ? ["# Replace REDACTED with the token of the source or the query"] : []),
    ...(request.body_covered ? ["# Secrets in the body are masked"] : []),
    ...(request.body_cut ? ["# The body is cut: download the whole one and send it with --data-binary @file"] : []),
    ...(request.body_forgotten ? [`# ${forgottenText(request.body_forgotten)}`] : []),
    ...(request.redacted_at ? ["# A privacy request removed the body and headers"] : []),
  ];
}

function hasHeader(headers: [string, string][], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted);
}

/** The body as the text of one argument; null when it has to go through a pipe. */
function argumentOf(body: Uint8Array): string | null {
  if (body.length > LONGEST_ARGUMENT) return null;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
  // curl reads an argument that begins with @ as a file name.
  return UNSAFE_TO_PASTE.test(text) || text.startsWith("@") ? null : text;
}

function base64(bytes: Uint8Array): string {
  const step = 0x8000;
  let binary = "";
  for (let at = 0; at < bytes.length; at += step) binary += String.fromCharCode(...bytes.subarray(at, at + step));
  return btoa(binary);
}
