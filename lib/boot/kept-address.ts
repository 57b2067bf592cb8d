/** DATA_DIR says where the app that runs in it answers, so that the tools that send to it need not be told. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export const DEFAULT_PORT = 3000;

/** Writes down where the app on this port answers. Returns how to take that back. */
export function keepAddress(dataDir: string, port: number): () => Promise<void> {
  const file = fileIn(dataDir);
  writeFileSync(file, `${localAddress(port)}\n`);
  return async () => rmSync(file, { force: true });
}

/** Where a tool sends that was not told a URL: to PORT, to the app that runs in DATA_DIR, or to the default port. */
export function findAddress(): string {
  const port = Number(process.env.PORT);
  if (port > 0) return localAddress(port);
  try {
    return readFileSync(fileIn(process.env.DATA_DIR || ".data"), "utf8").trim();
  } catch {
    // No app in local mode runs there.
    return localAddress(DEFAULT_PORT);
  }
}

export function localAddress(port: number): string {
  return `http://localhost:${port}`;
}

function fileIn(dataDir: string): string {
  return path.resolve(/* turbopackIgnore: true */ dataDir, "address");
}
