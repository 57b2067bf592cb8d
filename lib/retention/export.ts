/** Writes what is about to be deleted: compressed JSON lines, on the disk before anything is deleted. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";

/**
 * Writes rows to `<directory>/<name>.jsonl.gz`, one JSON object a line, and returns how many there were. The file has its
 * name only when it is whole and on the disk. Throws what the file system says; nothing is left then.
 */
export async function writeExport(
  directory: string,
  name: string,
  pages: AsyncIterable<Record<string, unknown>[]>,
): Promise<number> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, `${name}.jsonl.gz`);
  const part = `${file}.part`;
  try {
    const rows = await writeLines(part, pages);
    await sync(part);
    await rename(part, file);
    await sync(directory);
    return rows;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function writeLines(part: string, pages: AsyncIterable<Record<string, unknown>[]>): Promise<number> {
  const gzip = createGzip();
  const output = createWriteStream(part, { mode: 0o600 });
  const written = finished(gzip.pipe(output));
  // An error of the file ends the compression too, or writing to it would wait for ever.
  output.once("error", (error) => gzip.destroy(error));
  let rows = 0;
  const write = async () => {
    for await (const page of pages) {
      rows += page.length;
      const text = page.map((row) => `${JSON.stringify(row)}\n`).join("");
      if (!gzip.write(text)) await Promise.race([once(gzip, "drain"), written]);
    }
    gzip.end();
  };
  await Promise.all([written, write()]).catch((error) => {
    gzip.destroy();
    output.destroy();
    throw error;
  });
  return rows;
}

/** A directory, too: the name of a file is its entry. */
async function sync(target: string): Promise<void> {
  const handle = await open(target, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
