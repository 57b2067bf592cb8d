/** Closes connections whose body we do not want, so that the sender can still read the answer (RFC 9112, 9.6). */
import type { IncomingMessage, ServerResponse } from "node:http";
import net, { type Socket } from "node:net";

/** How long a sender has to read the answer. */
const LINGER_MS = 500;
const LOOK_EVERY_MS = 10;
/** How much is read and discarded meanwhile: with unread bytes a connection is reset, and the answer is lost. */
const MOST_DISCARDED_BYTES = 1024 * 1024;

/**
 * Without this, Node reads the rest of any body to its end, or resets the connection while the sender is still sending. An
 * answer that is written before the body has arrived says that the connection closes: a sender that thinks it stays open
 * loses its next request.
 */
export function closePolitely(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  const isEarly = () => hasBody(request) && !request.complete && !socket.destroyed;
  const { writeHead } = response;
  response.writeHead = ((...head: Parameters<typeof writeHead>) => {
    if (isEarly()) response.shouldKeepAlive = false;
    return writeHead.apply(response, head);
  }) as typeof writeHead;
  let lingers = false;
  // Node calls it at the end of an answer that says `connection: close`.
  socket.destroySoon = () => {
    if (lingers) return;
    if (!isEarly()) return net.Socket.prototype.destroySoon.call(socket);
    lingers = true;
    linger(socket);
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function linger(socket: Socket): void {
  const most = socket.bytesRead + MOST_DISCARDED_BYTES;
  const until = Date.now() + LINGER_MS;
  socket.end();
  const look = setInterval(() => {
    if (socket.bytesRead > most) socket.pause();
    if (!socket.destroyed && Date.now() < until) return;
    clearInterval(look);
    socket.destroy();
  }, LOOK_EVERY_MS);
  look.unref();
}
