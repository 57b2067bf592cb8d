/**
 * Tells a Postgres to stop what one of its connections is doing (CancelRequest of its protocol): over a connection of its
 * own, with TLS where the other one has it. Our own, because the promise of postgres.js's `cancel()` never ends over TLS, and
 * who sends a next statement before the request has arrived stops that one.
 */
import net from "node:net";
import tls from "node:tls";
import type postgres from "postgres";

/** What a server gave a connection to be cancelled by. A pooler makes up its own. */
export interface BackendKey {
  pid: number;
  secret: number;
}

type Options = Pick<postgres.ParsedOptions, "host" | "port" | "path" | "ssl">;

const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const LIMIT_MS = 2_000;

/**
 * Resolves once the server has closed the connection, which it does after it has passed the request on. False when it did
 * not: then the request may still arrive, and stop a later statement. Never throws.
 */
export async function requestCancel(options: Options, key: BackendKey): Promise<boolean> {
  // Of several hosts only one knows the key; the others ignore it.
  const told = await Promise.all(options.host.map((host, n) => tell(options, host, options.port[n] ?? 5432, key)));
  return told.every(Boolean);
}

function tell({ path, ssl }: Options, host: string, port: number, key: BackendKey): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = path ? net.connect(String(path)) : net.connect(port, host);
    let late = false;
    const giveUp = setTimeout(() => {
      late = true;
      socket.destroy();
    }, LIMIT_MS);
    socket.once("close", () => {
      clearTimeout(giveUp);
      resolve(!late);
    });
    // Whether it arrived is seen by what becomes of the statement.
    socket.on("error", () => {});
    socket.once("connect", () => {
      if (!ssl || path) return socket.write(message(CANCEL_REQUEST, key.pid, key.secret));
      socket.write(message(SSL_REQUEST));
      socket.once("data", (answer) => secure(socket, answer, host, ssl, message(CANCEL_REQUEST, key.pid, key.secret)));
    });
  });
}

/** The same rules as postgres.js has for its connections. */
function secure(socket: net.Socket, answer: Buffer, host: string, ssl: unknown, request: Buffer): void {
  if (answer[0] !== "S".charCodeAt(0)) {
    if (ssl === "prefer") socket.write(request);
    else socket.destroy();
    return;
  }
  const unverified = ssl === "require" || ssl === "allow" || ssl === "prefer" ? { rejectUnauthorized: false } : {};
  const given = typeof ssl === "object" ? ssl : unverified;
  const secured = tls.connect({ socket, servername: net.isIP(host) ? undefined : host, ...given });
  secured.on("error", () => socket.destroy());
  secured.once("secureConnect", () => secured.write(request));
  // Somebody has to read the end, or it is never noticed.
  secured.resume();
}

function message(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  bytes.writeInt32BE(bytes.length, 0);
  for (const [n, number] of numbers.entries()) bytes.writeInt32BE(number | 0, 4 + 4 * n);
  return bytes;
}
