/** Kept connections that end: nothing is sent twice, and nothing is kept that cannot be trusted. */
import type { Socket } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import type { Behaviour, Endpoint } from "../support/hostile";
import { answerWith, perRequest, startTalk } from "../support/kept";
import { until } from "../support/processes";

const open: Endpoint[] = [];
afterAll(() => Promise.all(open.map((endpoint) => endpoint.close())));

async function start(behave?: Behaviour) {
  const talk = await startTalk(behave);
  open.push(talk.endpoint);
  return talk;
}

describe("a connection that has ended", () => {
  test.each([
    ["with FIN", (socket?: Socket) => socket?.end()],
    ["with RST", (socket?: Socket) => socket?.resetAndDestroy()],
  ])("%s, before the request is replaced, and the request arrives once", async (_name, end) => {
    const { endpoint, ask, received, sockets } = await start();
    expect(await ask("one")).toBe("one");
    end(sockets[0]);
    expect(await ask("two")).toBe("two");
    expect([endpoint.connections, received("two")]).toEqual([2, 1]);
  });

  test.each([
    ["with FIN", (socket: Socket) => socket.end()],
    ["with RST", (socket: Socket) => socket.resetAndDestroy()],
    ["in an answer's head", (socket: Socket) => socket.end("HTTP/1.1 200 O")],
  ])("%s, after the request may have been taken, fails it: it is not sent again in secret", async (_name, end) => {
    const { ask, received } = await start(
      perRequest((socket, body, number) => (number === 1 ? socket.write(answerWith(body)) : end(socket))),
    );
    expect(await ask("one")).toBe("one");
    expect(await ask("two")).toBe("connection_reset");
    expect(received("two")).toBe(1);
  });
});

describe("a connection is closed after", () => {
  test.each([
    ["an answer that says so", answerWith("ok", "connection: close\r\n")],
    ["an answer without a length", "HTTP/1.0 200 OK\r\n\r\nok"],
    ["an answer longer than we read", answerWith("x".repeat(70_000))],
    ["an answer with a body where none may be", "HTTP/1.1 204 No Content\r\n\r\nbody"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!"],
  ])("%s", async (_name, answer) => {
    const { endpoint, ask } = await start(
      perRequest((socket) => {
        socket.write(answer);
        if (answer.startsWith("HTTP/1.0")) socket.end();
      }),
    );
    await ask("one");
    await ask("two");
    expect(endpoint.connections).toBe(2);
  });

  test("an answer that came before the request was read, whose rest is not sent", async () => {
    const { endpoint, ask, sockets } = await start((socket) => {
      socket.pause();
      socket.write(answerWith("early"));
    });
    const large = "x".repeat(16 * 1024 * 1024);
    expect(await ask(large)).toBe("early");
    sockets[0]?.resume();
    await until("it is closed", () => Boolean(sockets[0]?.readableEnded || sockets[0]?.closed), 5_000);
    expect(endpoint.requests[0]?.length).toBeLessThan(large.length);
  });
});
