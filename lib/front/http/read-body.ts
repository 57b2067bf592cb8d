/** Reads request bodies for all routes of the App Router: up to a limit, as they stream in. */

import { API_BODY_BYTES, SIGNED_OUT_BODY_BYTES, tooLarge } from "@/lib/front/body-caps";
import { checkJsonShape } from "./json-shape";
import { longestLists, operationOfRequest, refuseUnknownFields } from "./known-names";
import { Problem } from "./problem";

/** The limit of each request. A request that is not authenticated yet has a small one. */
const caps = new WeakMap<Request, number>();

/** Raises the limit: called by `handle` once it has authorised the caller. */
export function allowBody(request: Request, capBytes = API_BODY_BYTES): void {
  caps.set(request, capBytes);
}

/** The body of a request, as bytes. Throws a 413 or 415 `Problem`. */
export async function readBytes(request: Request): Promise<Buffer> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    const detail = "Send the body as it is, without compressing it.";
    throw new Problem({
      status: 415,
      title: `The content encoding ${encoding.slice(0, 20)} is not read here.`,
      detail,
      field: "Content-Encoding",
    });
  }
  const cap = caps.get(request) ?? SIGNED_OUT_BODY_BYTES;
  if (Number(request.headers.get("content-length")) > cap) throw new Problem(tooLarge(cap));
  const { body, complete } = await readCapped(request.body, cap);
  if (!complete) throw new Problem(tooLarge(cap));
  return body;
}

/** The JSON object in the body of a request, `{}` when there is none. Throws a `Problem` that names the field. */
export async function readJson(request: Request): Promise<Record<string, unknown>> {
  const bytes = await readBytes(request);
  const operation = operationOfRequest(request);
  checkJsonShape(bytes, { longestLists: operation && longestLists(operation) });
  const text = bytes.toString("utf8");
  if (text.trim() === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) {
      refuseUnstorable(Object.entries(body));
      if (operation) refuseUnknownFields(operation, body);
      return body as Record<string, unknown>;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    // Gets the same answer as JSON of another shape.
  }
  throw new Problem({
    status: 400,
    title: "The body is not a JSON object.",
    detail: 'Send {"name": "value"}.',
    field: "body",
  });
}

/** For an operation without a body: throws a `Problem` for a body that asks for something. `{}` asks for nothing. */
export async function requireNoFields(request: Request): Promise<void> {
  if (request.body) await readJson(request);
}

/** Up to a limit; `complete` is false when there was more. */
export async function readCapped(stream: ReadableStream<Uint8Array> | null, limit: number) {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (stream) {
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      chunks.push(chunk);
      // Leaving the loop cancels the stream.
      if (size > limit) return { body: Buffer.concat(chunks).subarray(0, limit), complete: false };
    }
  }
  return { body: Buffer.concat(chunks), complete: true };
}

/** Postgres cannot hold a NUL or half a surrogate pair; no genuine value has one. */
export function refuseUnstorable(fields: Iterable<[string, unknown]>): void {
  for (const [field, value] of fields) {
    if (isStorable(value)) continue;
    throw new Problem({
      status: 400,
      title: `The value of ${field} is not valid.`,
      detail: "It has a character that text cannot hold.",
      field,
    });
  }
}

function isStorable(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  return typeof value !== "object" || value === null || Object.values(value).every(isStorable);
}
