/**
 * Small JSON files that must survive: written to a temporary file, flushed and renamed, with a copy that is as old or as
 * new. A damaged file is an error that says how to restore the copy. Errors never repeat the content, because it is secret.
 */
import {
  chownSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { ConfigurationError } from "../env";

export type Kept = Record<string, unknown>;

export interface KeptFile {
  file: string;
  /** The file, as the beginning of a sentence: "The local secrets". */
  what: string;
  /** What is lost without it. */
  holds: string;
  /** What remains to do when there is no copy either. */
  lastResort: string;
  isValid(value: Kept): boolean;
}

/**
 * The content; undefined when the file never existed. Throws a `ConfigurationError` that says what to do when it is damaged
 * or missing.
 */
export function readKept(kept: KeptFile): Kept | undefined {
  const { file, what, holds, lastResort } = kept;
  const text = textOf(kept, file);
  const value = text === undefined ? undefined : parsed(kept, text);
  if (value) return value;
  const copy = copyOf(file);
  const copied = textOf(kept, copy);
  if (text === undefined && copied === undefined) return undefined;
  const state = text === undefined ? `${what} in ${file} are gone` : `${what} in ${file} are damaged`;
  const way =
    copied !== undefined && parsed(kept, copied)
      ? `Its copy is whole: run \`cp ${copy} ${file}\`, then start again.`
      : `Restore the file from a backup. ${lastResort}`;
  throw new ConfigurationError(`${state}. Do not delete anything: ${holds}. ${way}`);
}

/** Writes the file and its copy. The copy comes first, so that one of the two is intact whatever happens in between. */
export function writeKept(file: string, value: Kept, owner?: { uid: number; gid: number }): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  for (const target of [copyOf(file), file]) writeDurably(target, text, owner);
}

/** Makes the copy when an earlier version made none, or when it is out of date. */
export function ensureCopy(file: string, value: Kept, owner?: { uid: number; gid: number }): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  const copy = copyOf(file);
  if (!existsSync(copy) || readFileSync(copy, "utf8") !== text) writeDurably(copy, text, owner);
}

export function copyOf(file: string): string {
  return `${file}.bak`;
}

/** For its owner only. The file is either complete on disk under its name, or absent. */
export function writeDurably(file: string, text: string, owner?: { uid: number; gid: number }): void {
  const unfinished = `${file}.${process.pid}`;
  const handle = openSync(unfinished, "w", 0o600);
  try {
    fchmodSync(handle, 0o600);
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  if (owner) chownSync(unfinished, owner.uid, owner.gid);
  renameSync(unfinished, file);
  flushDirectory(path.dirname(file));
}

/** A rename is durable once its directory is flushed. Windows cannot do that, and does not need it. */
function flushDirectory(directory: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function textOf({ what }: KeptFile, file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new ConfigurationError(
      `${what} in ${file} cannot be read (${code}): start as the user who started Redrive first, or choose another DATA_DIR.`,
    );
  }
}

/** Without the parser's own message, which repeats a part of the text. */
function parsed({ isValid }: KeptFile, text: string): Kept | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject && isValid(value as Kept) ? (value as Kept) : undefined;
  } catch {
    return undefined;
  }
}
