/** DATA_DIR holds the URL of the app that runs in it, so that tools find it without an argument. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export const DEFAULT_PORT = 3000;

/** Stores the URL of the app on this port. Returns how to remove it. */
export function keepAddress(dataDir: string, port: number): () => Promise<void> {
  const file = fileIn(dataDir);
  writeFileSync(file, `${localAddress(port)}\n`);
  return async () => rmSync(file, { force: true });
}

/** The URL for a tool without a URL argument: PORT, the app that runs in DATA_DIR, or the default port. */
export function findAddress(): string {
  const port = Number(process.env.PORT);
  if (port > 0) return localAddress(port);
  try {
    return readFileSync(fileIn(process.env.DATA_DIR || ".data"), "utf8").trim();
  } catch {
    // No app in local mode runs in this DATA_DIR.
    return localAddress(DEFAULT_PORT);
  }
}

export function localAddress(port: number): string {
  return `http://localhost:${port}`;
}

function fileIn(dataDir: string): string {
  return path.resolve(/* turbopackIgnore: true */ dataDir, "address");
}
