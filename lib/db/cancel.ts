/**
 * Asks Postgres to stop the statement of one of its connections (CancelRequest of its protocol), over a separate connection,
 * with TLS where the other one has it. Not with postgres.js, because the promise of its `cancel()` never settles over TLS,
 * and a next statement that is sent before the request has arrived would be stopped instead.
 */
import net from "node:net";
import tls from "node:tls";
import type postgres from "postgres";

/** The key that a server gives a connection for cancelling. A pooler makes up its own. */
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
  // Only one of several hosts knows the key; the others ignore it.
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
    // Whether the request arrived shows in the result of the statement.
    socket.on("error", () => {});
    socket.once("connect", () => {
      if (!ssl || path) return socket.write(message(CANCEL_REQUEST, key.pid, key.secret));
      socket.write(message(SSL_REQUEST));
      socket.once("data", (answer) => secure(socket, answer, host, ssl, message(CANCEL_REQUEST, key.pid, key.secret)));
    });
  });
}

/** The rules that postgres.js has for its connections. */
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
  // Without a reader, the end of the stream is never reported.
  secured.resume();
}

function message(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  bytes.writeInt32BE(bytes.length, 0);
  for (const [n, number] of numbers.entries()) bytes.writeInt32BE(number | 0, 4 + 4 * n);
  return bytes;
}
