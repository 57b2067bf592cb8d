/**
 * Reads a zip file strictly, without the library that wrote it: only what Redrive writes is accepted. What other programs
 * could read differently (two files of one name, bytes between files, other names in the local headers) is a problem.
 */
import type { FileHandle } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";

export interface ZipEntry {
  name: string;
  offset: number;
  crc: number;
  compressed: number;
  bytes: number;
}

/** The zip cannot be read, or is not as Redrive writes it. */
export class BadZip extends Error {}

const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** Signature, CRC and the two sizes after a file's bytes. */
const DESCRIPTOR_BYTES = 16;
const DEFLATE = 8;
/** Read at a time. */
const PART_BYTES = 64 * 1024;
/** More than the names of 65,535 files as we write them. */
const MOST_CENTRAL_BYTES = 64 * 1024 * 1024;

/** The files in the order they are stored. */
export async function readEntries(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const end = await at(file, Math.max(0, size - END_BYTES), END_BYTES);
  if (end.length < END_BYTES || end.readUInt32LE(0) !== 0x06054b50)
    throw new BadZip("has no directory at its end: it is cut short, or no zip");
  const [count, length, start] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  if (start + length + END_BYTES !== size || length > MOST_CENTRAL_BYTES)
    throw new BadZip("has a directory of another size");
  const entries = directory(await at(file, start, length), count);
  let next = 0;
  for (const entry of entries) {
    if (entry.offset !== next) throw new BadZip(`has bytes before ${entry.name} that belong to no file`);
    next = await endOf(file, entry);
  }
  if (next !== start) throw new BadZip("has bytes that belong to no file");
  return entries;
}

function directory(bytes: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let from = 0;
  while (from < bytes.length) {
    if (from + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(from) !== 0x02014b50)
      throw new BadZip("has a directory that cannot be read");
    const [method, crc, compressed, size] = [
      bytes.readUInt16LE(from + 10),
      bytes.readUInt32LE(from + 16),
      bytes.readUInt32LE(from + 20),
      bytes.readUInt32LE(from + 24),
    ];
    const [nameBytes, extra, comment] = [
      bytes.readUInt16LE(from + 28),
      bytes.readUInt16LE(from + 30),
      bytes.readUInt16LE(from + 32),
    ];
    const name = bytes.toString("utf8", from + CENTRAL_BYTES, from + CENTRAL_BYTES + nameBytes);
    if (method !== DEFLATE || extra > 0 || comment > 0)
      throw new BadZip(`has an entry that Redrive does not write: ${name}`);
    entries.push({ name, offset: bytes.readUInt32LE(from + 42), crc, compressed, bytes: size });
    from += CENTRAL_BYTES + nameBytes;
  }
  if (entries.length !== count) throw new BadZip("has another number of files than its directory says");
  return entries;
}

/** Where the next file begins. The local header has to say the same as the directory. */
async function endOf(file: FileHandle, { name, offset, crc, compressed, bytes }: ZipEntry): Promise<number> {
  const length = Buffer.byteLength(name);
  const header = await at(file, offset, LOCAL_BYTES + length);
  const isSame =
    header.length === LOCAL_BYTES + length &&
    header.readUInt32LE(0) === 0x04034b50 &&
    header.readUInt16LE(8) === DEFLATE &&
    header.readUInt16LE(26) === length &&
    header.readUInt16LE(28) === 0 &&
    header.toString("utf8", LOCAL_BYTES) === name;
  if (!isSame) throw new BadZip(`has two different headers for ${name}`);
  const descriptorAt = offset + LOCAL_BYTES + length + compressed;
  const descriptor = await at(file, descriptorAt, DESCRIPTOR_BYTES);
  const says = descriptor.length === DESCRIPTOR_BYTES ? [4, 8, 12].map((from) => descriptor.readUInt32LE(from)) : [];
  if (says[0] !== crc || says[1] !== compressed || says[2] !== bytes)
    throw new BadZip(`has two different sizes for ${name}`);
  return descriptorAt + DESCRIPTOR_BYTES;
}

/** The content of one file, in parts. Throws when its bytes cannot be unpacked. */
export function contentOf(file: FileHandle, entry: ZipEntry): AsyncIterable<Buffer> {
  // What goes wrong ends the iteration with its error, too.
  return pipeline(Readable.from(packed(file, entry)), createInflateRaw(), () => {});
}

async function* packed(file: FileHandle, { name, offset, compressed }: ZipEntry) {
  const start = offset + LOCAL_BYTES + Buffer.byteLength(name);
  for (let from = 0; from < compressed; from += PART_BYTES) {
    yield await at(file, start + from, Math.min(PART_BYTES, compressed - from));
  }
}

async function at(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
