/** Verifies a bundle: its manifest, that it has exactly the files that the manifest names, and the bytes of each. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { MANIFEST, readManifest, type Statement } from "./manifest";
import { BadZip, contentOf, readEntries, type ZipEntry } from "./read-zip";

export interface Verdict {
  /** Null when the manifest cannot be believed. */
  statement: Statement | null;
  /** One line per file that is wrong, missing or too many. Empty: all is as it was signed. */
  problems: string[];
}

/** A manifest names each file in a line, so it is small; a bigger one is none of ours. */
const MOST_MANIFEST_BYTES = 64 * 1024 * 1024;

/** `trusted`: the public key that has to have signed, as PEM. Without it, that of the manifest, which anyone could make. */
export async function verifyEvidence(path: string, trusted?: string): Promise<Verdict> {
  const file = await open(path);
  try {
    return await verifyFile(file, trusted);
  } catch (error) {
    if (error instanceof BadZip) return { statement: null, problems: [`The file ${error.message}.`] };
    throw error;
  } finally {
    await file.close();
  }
}

async function verifyFile(file: FileHandle, trusted: string | undefined): Promise<Verdict> {
  const entries = await readEntries(file);
  const names = entries.map(({ name }) => name);
  const seen = new Set<string>();
  const twice = names.filter((name) => seen.has(name) || !seen.add(name));
  if (twice.length > 0) return { statement: null, problems: twice.map((name) => `${name} is there twice.`) };
  const manifest = entries.find(({ name }) => name === MANIFEST);
  if (!manifest) return { statement: null, problems: [`${MANIFEST} is missing.`] };
  const text = await textOf(file, manifest);
  const statement = text === undefined ? { problem: "cannot be unpacked" } : readManifest(text, trusted);
  if ("problem" in statement) return { statement: null, problems: [`${MANIFEST} ${statement.problem}.`] };
  const problems = await compare(file, statement, new Map(entries.map((entry) => [entry.name, entry])));
  return { statement, problems };
}

async function compare(file: FileHandle, { files }: Statement, entries: Map<string, ZipEntry>): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, bytes, sha256 } of files) {
    const entry = entries.get(name);
    entries.delete(name);
    if (!entry) problems.push(`${name} is missing.`);
    else if (entry.bytes !== bytes || (await hashOf(file, entry)) !== sha256) problems.push(`${name} was changed.`);
  }
  entries.delete(MANIFEST);
  return [...problems, ...[...entries.keys()].map((name) => `${name} was added.`)];
}

/** Undefined for a file whose bytes cannot be unpacked, or unpack to more than it says. */
async function hashOf(file: FileHandle, entry: ZipEntry): Promise<string | undefined> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const part of contentOf(file, entry)) {
      bytes += part.length;
      if (bytes > entry.bytes) return undefined;
      hash.update(part);
    }
  } catch {
    return undefined;
  }
  return hash.digest("hex");
}

async function textOf(file: FileHandle, entry: ZipEntry): Promise<string | undefined> {
  const parts: Buffer[] = [];
  if (entry.bytes > MOST_MANIFEST_BYTES) return undefined;
  try {
    for await (const part of contentOf(file, entry)) parts.push(part);
  } catch {
    return undefined;
  }
  return Buffer.concat(parts).toString("utf8");
}
