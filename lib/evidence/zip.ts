/** Writes a zip file while its files are made. Nothing is held but the name and hash of each file. */
import { createHash } from "node:crypto";
import { Zip, ZipDeflate } from "fflate";
import type { BundleFile } from "./files";

export interface WrittenFile {
  name: string;
  bytes: number;
  /** Hex. */
  sha256: string;
}

type Chunk = Uint8Array<ArrayBuffer>;

/** The bytes of the zip, and each file's hash in `written` once it was read to its end. */
export async function* zipOf(
  files: AsyncIterable<BundleFile>,
  madeAt: Date,
  written: WrittenFile[],
): AsyncGenerator<Chunk> {
  let chunks: Chunk[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk as Chunk);
  });
  const take = () => {
    const made = chunks;
    chunks = [];
    return made;
  };
  for await (const { name, parts } of files) {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = madeAt;
    const hash = createHash("sha256");
    let size = 0;
    zip.add(entry);
    for await (const part of parts) {
      const bytes = typeof part === "string" ? Buffer.from(part) : part;
      hash.update(bytes);
      size += bytes.length;
      entry.push(bytes);
      yield* take();
    }
    entry.push(new Uint8Array(0), true);
    written.push({ name, bytes: size, sha256: hash.digest("hex") });
    yield* take();
  }
  zip.end();
  yield* take();
}
