/** One kept-alive connection that sends whole requests as bytes and reads no more of an answer than its end. */
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Before the next try to connect to a server that restarts. */
const RECONNECT_MS = 20;
const ANSWER_MS = 10_000;

export interface RawConnection {
  /** The answer's status; 0 when the connection broke or nothing came for ten seconds. Never rejects. */
  send(wire: Buffer): Promise<number>;
}

export async function openConnection(host: string, port: number): Promise<RawConnection> {
  let socket = await connect(host, port);
  return {
    async send(wire) {
      if (!socket || socket.destroyed) socket = await connect(host, port);
      if (socket) return ask(socket, wire);
      await sleep(RECONNECT_MS);
      return 0;
    },
  };
}

function connect(host: string, port: number): Promise<net.Socket | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
    socket.on("error", () => socket.destroy());
  });
}

function ask(socket: net.Socket, wire: Buffer): Promise<number> {
  return new Promise((resolve) => {
    let heard = "";
    const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
    const end = (status: number) => {
      clearTimeout(timer);
      socket.off("data", read).off("close", broken);
      resolve(status);
    };
    const broken = () => end(0);
    const read = (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (isWhole(heard)) {
        if (/^connection: close/im.test(heard)) socket.destroy();
        end(Number(heard.slice(9, 12)));
      }
    };
    socket.on("data", read).once("close", broken);
    socket.write(wire);
  });
}

function isWhole(heard: string): boolean {
  const head = heard.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /^content-length: *(\d+)/im.exec(heard.slice(0, head))?.[1];
  return length === undefined ? heard.endsWith("\r\n0\r\n\r\n") : heard.length - head - 4 >= Number(length);
}
