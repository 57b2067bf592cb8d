/** Servers that misbehave on purpose: raw TCP and TLS on this machine, each with a port and a count of its own. */
import { once } from "node:events";
import net, { type AddressInfo, type Server, type Socket } from "node:net";
import tls, { type TlsOptions } from "node:tls";

export interface Endpoint {
  port: number;
  connections: number;
  /** What each connection sent. */
  requests: string[];
  close(): Promise<void>;
}

/** What a server does with a connection. `request` resolves once the head of a request has arrived. */
export type Behaviour = (socket: Socket, request: Promise<void>, number: number) => unknown;

/** Listens on `host`, a free port unless one is given. */
export function startEndpoint(behave: Behaviour, host = "127.0.0.1", port = 0): Promise<Endpoint> {
  return listen((onConnection) => net.createServer({ allowHalfOpen: true }, onConnection), behave, host, port);
}

export function startTlsEndpoint(options: TlsOptions, behave: Behaviour): Promise<Endpoint> {
  return listen((onConnection) => tls.createServer(options, onConnection), behave, "127.0.0.1", 0);
}

async function listen(
  create: (onConnection: (socket: Socket) => void) => Server,
  behave: Behaviour,
  host: string,
  port: number,
): Promise<Endpoint> {
  const sockets = new Set<Socket>();
  const endpoint: Endpoint = { port: 0, connections: 0, requests: [], close };
  const server = create((socket) => {
    const number = endpoint.requests.push("") - 1;
    const request = new Promise<void>((resolve) => {
      socket.on("data", (chunk: Buffer) => {
        endpoint.requests[number] += chunk.toString("latin1");
        if (endpoint.requests[number]?.includes("\r\n\r\n")) resolve();
      });
    });
    behave(socket, request, number);
  });
  // Under TLS, too: a failed handshake is a connection.
  server.on("connection", (socket: Socket) => {
    endpoint.connections += 1;
    sockets.add(socket);
    // The other side hangs up, as it should.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => {}));
  server.listen(port, host);
  await once(server, "listening");
  endpoint.port = (server.address() as AddressInfo).port;

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  return endpoint;
}

/** Answers each request with these bytes, and ends the connection. */
export function answering(...parts: (string | Buffer)[]): Behaviour {
  return async (socket, request) => {
    await request;
    for (const part of parts) socket.write(part);
    socket.end();
  };
}

/** The head of a response, with the empty line. */
export function head(status: string, headers: Record<string, string> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join("")}\r\n`;
}

/** A response with its length. */
export function answer(status: string, headers: Record<string, string> = {}, body: string | Buffer = ""): Behaviour {
  return answering(head(status, { ...headers, "content-length": String(Buffer.byteLength(body)) }), body);
}
