/** Locks on directories, held by a listening socket: a lock ends with its process, even after a kill. */
import { createHash } from "node:crypto";
import { mkdirSync, realpathSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { ConfigurationError } from "../env";

export type Lock = { release: () => Promise<void> } | { heldBy: string };

/** Takes the lock of a DATA_DIR, or throws `ConfigurationError` saying who holds it. Returns how to release it. */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const lock = await tryLock(dataDir);
  if ("release" in lock) return lock.release;
  throw new ConfigurationError(
    `Redrive is already running on ${dataDir}${lock.heldBy && ` (process ${lock.heldBy})`}. ` +
      "Stop it first, or set DATA_DIR and PORT to run a second one.",
  );
}

/**
 * Takes the lock of a directory, which is made when missing, or returns the process that holds it ("" when it does not say).
 */
export async function tryLock(directory: string): Promise<Lock> {
  mkdirSync(directory, { recursive: true });
  const address = addressOf(realpathSync(directory));
  let server = await listen(address);
  if (!server) {
    const heldBy = await ask(address);
    if (heldBy !== undefined) return { heldBy };
    if (!address.startsWith("\0")) rmSync(address, { force: true });
    server = await listen(address);
    if (!server) return { heldBy: "" };
  }
  const holding = server;
  return { release: () => new Promise((resolve) => holding.close(() => resolve())) };
}

/** On Linux a name without a file, so a kill leaves nothing behind; elsewhere a socket file. */
function addressOf(directory: string): string {
  const name = `redrive-${createHash("sha256").update(directory).digest("hex").slice(0, 16)}`;
  if (process.platform === "linux") return `\0${name}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : path.join(os.tmpdir(), `${name}.sock`);
}

/** Undefined when the address is taken. A process that connects is told our process id. */
function listen(address: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.on("error", () => {}).end(String(process.pid)));
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server.unref()));
  });
}

/** The holder's process id, "" when it holds the lock but does not answer, undefined when no process holds it. */
function ask(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = "";
    const socket = net.connect(address);
    socket.once("connect", () => socket.setTimeout(1000, () => resolve("")));
    socket.on("data", (chunk) => {
      said += chunk;
    });
    socket.once("end", () => resolve(said));
    socket.once("error", () => resolve(undefined));
  });
}
