/**
 * The content of a body: the bytes without their content encoding (RFC 9110, 8.4). Signatures, forwards and replays use the
 * received bytes; identity, rows and pages read the content.
 */
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { processSingleton } from "@/lib/process-singleton";
import { type HeaderPairs, header } from "@/lib/providers/provider";

const DECODERS = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** Content that unfolds to more is not read. No provider sends as much. */
const MOST_BYTES = 25 * 1024 * 1024;
/** More encodings, one around the other, are a trick. */
const MOST_ENCODINGS = 2;

/** The received content encoding; undefined when the bytes are the content. */
export function encodingOf(request: { headers: HeaderPairs }): string | undefined {
  const written = header(request, "content-encoding")?.trim().toLowerCase();
  return written === "" || written === "identity" ? undefined : written;
}

/**
 * Decodes a body. Returns the same bytes when they are not encoded, when a proxy decoded them and left the header, and when
 * the encoding is unknown or they unfold to more than we read. One after the other, so that small bodies that unfold to
 * large ones cannot fill the memory.
 */
export function decoded(body: Buffer, encoding: string | null | undefined): Promise<Buffer> {
  const names = (encoding ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length === 0 || names.length > MOST_ENCODINGS) return Promise.resolve(body);
  const result = state.last.then(() => decode(body, names));
  state.last = result;
  return result;
}

const state = processSingleton("decoding", () => ({ last: Promise.resolve() as Promise<unknown> }));

async function decode(body: Buffer, names: string[]): Promise<Buffer> {
  try {
    let content = body;
    // The last one named was applied last.
    for (const name of names.reverse()) {
      const decoder = DECODERS[name as keyof typeof DECODERS];
      if (!decoder) return body;
      content = await decoder(content, { maxOutputLength: MOST_BYTES });
    }
    return content;
  } catch {
    return body;
  }
}
