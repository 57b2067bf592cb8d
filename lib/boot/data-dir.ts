/** Checks that DATA_DIR can be used before anything is written to it. Each problem is one line that says what to do. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { ConfigurationError } from "../env";

/** What a first start writes: a new cluster, its write-ahead log, the secrets. With less, Postgres fails half-way. */
const LEAST_FREE_MB = 128;
/** Two segments of the write-ahead log. With them an existing cluster can recover, and the operator can free space. */
const LEAST_FREE_AGAIN_MB = 32;

/** Makes DATA_DIR when it is missing and writes a byte into it. Throws a `ConfigurationError` when that is not possible. */
export function checkDataDir(dataDir: string): void {
  const probe = path.join(dataDir, `.writable-${process.pid}`);
  try {
    mkdirSync(dataDir, { recursive: true });
    const file = openSync(probe, "w", 0o600);
    try {
      writeSync(file, "1");
      fsyncSync(file);
    } finally {
      closeSync(file);
      rmSync(probe, { force: true });
    }
  } catch (error) {
    throw new ConfigurationError(obstacle(dataDir, error as NodeJS.ErrnoException));
  }
  const cluster = path.join(dataDir, "postgres", "cluster");
  const isFirstStart = !existsSync(cluster);
  const least = isFirstStart ? LEAST_FREE_MB : LEAST_FREE_AGAIN_MB;
  for (const directory of isFirstStart ? [dataDir] : [dataDir, cluster]) {
    const { bavail, bsize } = statfsSync(directory);
    if (bavail * bsize < least * 1024 * 1024) throw new ConfigurationError(diskFull(directory, least));
  }
}

/** The line for an error of the file system or of Postgres that is about DATA_DIR; undefined for any other error. */
export function fileProblem(dataDir: string, error: unknown): string | undefined {
  const { code = "", path: file } = error as NodeJS.ErrnoException;
  // SQLSTATE 53100: Postgres says that its disk is full.
  if (code === "ENOSPC" || code === "EDQUOT" || code === "53100") return diskFull(dataDir);
  const isOurs = /^(EROFS|EACCES|EPERM|ENOTDIR)$/.test(code) && file?.startsWith(dataDir);
  return isOurs ? `${file}: ${obstacle(dataDir, error as NodeJS.ErrnoException)}` : undefined;
}

/** What an error of the file system means for DATA_DIR, and what to do. */
function obstacle(dataDir: string, { code, message }: NodeJS.ErrnoException): string {
  const elsewhere = "set DATA_DIR to a directory of yours";
  if (code === "EROFS") return `DATA_DIR ${dataDir} is read-only: mount it for writing, or ${elsewhere}.`;
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(dataDir);
  if (code === "EACCES" || code === "EPERM") {
    return `DATA_DIR ${dataDir} cannot be written by ${me()}${ownerOf(dataDir)}: start as that user, or ${elsewhere}.`;
  }
  if (code === "ENOTDIR" || code === "EEXIST") return `DATA_DIR ${dataDir} is not a directory: ${elsewhere}.`;
  return `DATA_DIR ${dataDir} cannot be used (${code ?? message}): ${elsewhere}.`;
}

function diskFull(dataDir: string, least = LEAST_FREE_MB): string {
  return `The disk of DATA_DIR ${dataDir} is full: free at least ${least} MB, or set DATA_DIR to a directory on another disk.`;
}

function me(): string {
  return process.getuid ? `user ${process.getuid()}` : "this user";
}

/** The owner of the directory, or of its nearest parent that exists. */
function ownerOf(directory: string): string {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found) return ` (it belongs to user ${found.uid}, mode ${(found.mode & 0o777).toString(8)})`;
  const above = path.dirname(directory);
  return above === directory ? "" : ownerOf(above);
}
