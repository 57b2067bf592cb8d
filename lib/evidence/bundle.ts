/** The evidence of an incident as a zip file, made while it is sent: its files, their hashes, and the signed manifest. */
import type { KeyObject } from "node:crypto";
import { type OnEnd, type Part, streamOf } from "@/lib/queries/export-items";
import { type BundleFile, type BundleRequest, filesOf } from "./files";
import { MANIFEST, manifestOf } from "./manifest";
import { eachItem } from "./read";
import { type WrittenFile, zipOf } from "./zip";

/** `onEnd` is called once with how much was sent. */
export function bundle(request: BundleRequest, key: KeyObject, onEnd: OnEnd): ReadableStream<Uint8Array> {
  return streamOf(parts(request, key), onEnd);
}

async function* parts(request: BundleRequest, key: KeyObject): AsyncGenerator<Part> {
  const written: WrittenFile[] = [];
  for await (const text of zipOf(allFiles(request, key, written), new Date(request.made.at), written)) {
    yield { text, rows: 0 };
  }
  yield { text: "", rows: request.head.counts.total };
}

/** `written` has each file once it was sent, so the last two can name those before them. */
async function* allFiles(
  request: BundleRequest,
  key: KeyObject,
  written: readonly WrittenFile[],
): AsyncGenerator<BundleFile> {
  yield* filesOf(request);
  yield { name: "hashes.txt", parts: hashes(request, written) };
  yield { name: MANIFEST, parts: manifest(request, key, written) };
}

/** For `sha256sum -c`, which passes over lines with a number sign. */
async function* hashes({ head, asker }: BundleRequest, written: readonly WrittenFile[]) {
  for (const { name, sha256 } of written) yield `${sha256}  ${name}\n`;
  yield "#\n# The bytes of each event as they were received. Secrets are masked in payloads, whose hash may therefore differ.\n#\n";
  for await (const items of eachItem(head.number, asker)) {
    yield items
      .map(({ position, event_id, body_sha256 }) => `# ${position} ${event_id ?? "-"} ${body_sha256 ?? "-"}\n`)
      .join("");
  }
}

async function* manifest({ head, made }: BundleRequest, key: KeyObject, written: readonly WrittenFile[]) {
  yield manifestOf(head.id, made, written, key);
}
