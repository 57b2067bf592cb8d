/** The disk of the embedded database, which the product fills. */
import { statfs } from "node:fs/promises";

/** Free bytes; null when the database is not embedded, so that its disk is not ours to know. */
export async function readDiskFree(): Promise<number | null> {
  const directory = process.env.REDRIVE_EMBEDDED;
  if (!directory) return null;
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
