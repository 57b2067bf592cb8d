/** HTTP by hand, over a plain socket: for requests that no client library would send. */
import net from "node:net";

export interface RawAnswer {
  /** Undefined when the connection ended without an answer. */
  status: number | undefined;
  headers: Record<string, string>;
  body: string;
  /** From the first byte sent to the last received, or to the end of the connection. */
  milliseconds: number;
  /** Interim answers before the final one, such as 100. */
  interim: number[];
}

/** What to do, in order: send text or bytes, pause for milliseconds, wait for a promise or for what a function returns, or cut the connection. */
export type Step = string | Buffer | number | Promise<void> | (() => Promise<void>) | "hang up";

/** Sends the steps and reads one answer. Resolves when it is complete or the connection ends; rejects after `limitMs`. */
export function converse(url: string, steps: Step[], limitMs = 20_000): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const started = performance.now();
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    const limit = setTimeout(() => {
      reject(new Error(`No answer and no end of the connection within ${limitMs} ms; read ${received.length} bytes.`));
      socket.destroy();
    }, limitMs);
    const finish = () => {
      clearTimeout(limit);
      socket.destroy();
      resolve({ ...parse(received), milliseconds: performance.now() - started });
    };
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (isComplete(received)) finish();
    });
    socket.on("close", finish);
    // A server that rejected early may reset what is still being sent: only the answer, or its absence, counts.
    socket.on("error", () => {});
    socket.on("connect", () => void send(socket, steps));
  });
}

/**
 * What a client with a pool of connections sees: whether the answer calls the connection open, and whether it still is,
 * which the answer to a second request on it shows.
 */
export function reuse(url: string, first: string): Promise<{ said: string | undefined; isOpen: boolean }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    let received = Buffer.alloc(0);
    let said: string | undefined;
    socket.on("connect", () => socket.write(first));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!isComplete(received)) return;
      if (said) return finish(true);
      said = parse(received).headers.connection;
      received = Buffer.alloc(0);
      // After the end of the connection has had its time to arrive: what was sent before it would not tell.
      setImmediate(() => socket.write(head("/api/health", [], "GET")));
    });
    socket.on("error", () => {});
    socket.on("close", () => finish(false));
    const finish = (isOpen: boolean) => {
      resolve({ said, isOpen });
      socket.destroy();
    };
  });
}

/** The start of a POST: request line and headers, with the empty line. */
export function head(path: string, headers: readonly (readonly [string, string])[], method = "POST"): string {
  const lines = [["Host", "desk.test"] as const, ...headers].map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** A body in chunked encoding. */
export function chunked(body: Buffer, size = 1000): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

async function send(socket: net.Socket, steps: Step[]): Promise<void> {
  for (const step of steps) {
    if (socket.destroyed) return;
    if (step === "hang up") socket.resetAndDestroy();
    else if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
    else if (step instanceof Promise) await step;
    else if (typeof step === "function") await step();
    else if (!socket.write(step)) await drained(socket);
  }
}

function drained(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", () => resolve());
  });
}

function parse(received: Buffer): Omit<RawAnswer, "milliseconds"> {
  let rest = received.toString("latin1");
  const interim: number[] = [];
  while (/^HTTP\/1\.1 1\d\d /.test(rest) && rest.includes("\r\n\r\n")) {
    interim.push(Number(rest.slice(9, 12)));
    rest = rest.slice(rest.indexOf("\r\n\r\n") + 4);
  }
  const end = rest.indexOf("\r\n\r\n");
  if (end < 0) return { status: undefined, headers: {}, body: rest, interim };
  const [statusLine = "", ...lines] = rest.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  return { status: Number(statusLine.split(" ")[1]), headers, body: rest.slice(end + 4), interim };
}

/** By its content length or last chunk; without either the end of the connection ends the body. */
function isComplete(received: Buffer): boolean {
  const { status, headers, body } = parse(received);
  if (status === undefined) return false;
  if (headers["transfer-encoding"] === "chunked") return body.endsWith("0\r\n\r\n");
  return headers["content-length"] !== undefined && body.length >= Number(headers["content-length"]);
}
